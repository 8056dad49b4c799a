export {
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
