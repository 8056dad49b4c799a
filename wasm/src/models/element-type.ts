/** Numbers that onnx.proto gives to the types of elements. */
export const ElementType = { float32: 1, int8: 3, int16: 5, uint4: 21 } as const;
