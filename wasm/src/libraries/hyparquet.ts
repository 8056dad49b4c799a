export { type FileMetaData, parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
