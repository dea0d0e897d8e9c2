/**
 * The encoder on ONNX Runtime: any exported ONNX file as it is, padded; and which of ONNX Runtime's native libraries a process
 * loads. The only package that imports ONNX Runtime.
 *
 * <ul>
 *   <li>The encoder: {@code OnnxEncoder} on an {@code OnnxGraph}, whose {@code GraphInput}s are fed from a {@code PaddedBatch}
 *       and whose {@code GraphOutput} is read; an {@code OnnxProfile} is read back
 *   <li>Graphs of our own: a {@code GraphSession}; {@code Computing} sets up all sessions alike
 *   <li>The libraries: {@code OnnxRuntimes} loads them, once; {@code NativeJars} finds each {@code NativeJar} and says which,
 *       {@code GpuBuild} what is in it, {@code NativeFolder} holds what is copied out of it
 *   <li>GPUs: {@code CudaSupport} says whether and how; a {@code CudaCheck} counts {@code GpuDevices} and tries libraries
 * </ul>
 */
package dev.packhorse.engine.onnx;
