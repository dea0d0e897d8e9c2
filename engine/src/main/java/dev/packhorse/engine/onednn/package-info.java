/**
 * The nested encoder for CPUs, on oneDNN: packed tokens all the way, no padding anywhere. The only package that imports
 * {@code org.bytedeco}.
 *
 * <p>From the outside, {@code OneDnnSupport} says whether this machine can, {@code NestedEncoder} does, {@code Operation} is what
 * its time is spent with, and {@code MatmulPeak} what there is to be reached. Inside:
 *
 * <ul>
 *   <li>The library: {@code OneDnn}, {@code OpenMp}; {@code Kernel} and {@code Call} with {@code BoundCalls}; {@code Descs}, {@code
 *       Address}, {@code Resources}, and {@code Rounding}, by which there are few kernels
 *   <li>A model in its layouts, shared by all threads: {@code PackedWeights} of {@code PackedDense}, each as its {@code DenseSpec}
 *       has it, with {@code Epilogue}; {@code Numbers} says what is of which type
 *   <li>What one thread needs of its own: {@code Workspace} and {@code Stopwatch}; {@code ForwardPass} is the way through
 *       all layers in it, {@code Rows} the little that no kernel does
 *   <li>Attention: {@code RowAttention}, block by block ({@code Block}, {@code Attention}), and {@code Rotator}
 *   <li>int8: {@code Quantizer} for weights, {@code Calibration} for what they are smoothed by, {@code IntegerInputs} and {@code
 *       TokenQuantizer} for what they are multiplied with, {@code Scaling} for the way back
 * </ul>
 */
package dev.packhorse.engine.onednn;
