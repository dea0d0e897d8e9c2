/**
 * Reads the named tensors of a model's weights from the file formats that people have them in. {@code WeightsFile} is one
 * such file, or several.
 *
 * <ul>
 *   <li>Files, of which anybody may have written any byte: {@code SourceFile}, {@code FileWindow}, {@code Span}, {@code SpanStream};
 *       {@code Allowance} and {@code Shapes} say what is too much
 *   <li>Tensors: {@code StoredTensor}, {@code StoredNumbers}, {@code NumberType}
 *   <li>safetensors: {@code SafetensorsDirectory}
 *   <li>ONNX: {@code ProtobufReader} for {@code OnnxTensor}, {@code OnnxNode} and {@code ExternalData}; {@code OnnxDirectory} finds
 *       weights by the names that {@code OnnxNames} gives them, from {@code OnnxScope}s; {@code OnnxSignature}, by {@code
 *       OnnxSignatureReader}, is what goes in and out, {@code VectorOutputs} which of it vectors are
 * </ul>
 */
package dev.packhorse.engine.weights;
