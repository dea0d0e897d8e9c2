package dev.packhorse.engine.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.padded.PaddedCells;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A loaded TorchScript module. Thread-safe. Owns the module's native memory; what a call gives lives as long as the call.
 */
final class TorchModule implements AutoCloseable {

    private final PtNDManager manager;
    private final PtSymbolBlock block;
    private final int threads;

    private TorchModule(PtNDManager manager, PtSymbolBlock block, int threads) {
        this.manager = manager;
        this.block = block;
        this.threads = threads;
    }

    /**
     * Loads a module, whole: the file is of no use any more then.
     *
     * @param where the file, for messages
     * @param threads how many threads one call may compute with, its own included
     * @throws ModelException when this PyTorch cannot
     * @throws EncoderException when there is no PyTorch
     */
    static TorchModule load(String where, Path file, int threads) {
        TorchLibrary.load();
        var manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
        try {
            var block = JniUtils.loadModule(manager, file, true, new String[0], new String[0], false);
            return new TorchModule(manager, block, threads);
        } catch (EngineException e) {
            manager.close();
            throw TorchArchive.refused(where, TorchFailure.of(e));
        }
    }

    /** A tensor that the module gave. */
    record Answer(String name, PtNDArray array) {

        TorchOutput.Given given() {
            var shape = Arrays.stream(array.getShape().getShape()).boxed().toList();
            return new TorchOutput.Given(name, shape, array.getDataType());
        }

        /** Its numbers, row-major; good as long as the call. */
        FloatBuffer floats() {
            return array.toType(DataType.FLOAT32, false).toByteBuffer(true).asFloatBuffer();
        }
    }

    /**
     * Runs the module's forward without gradients.
     *
     * @param inputs stays the caller's, and is not changed
     * @param read is given all that comes out, and keeps nothing of it
     * @throws EncoderException when it fails
     */
    <T> T run(PaddedCells inputs, Function<List<Answer>, T> read) {
        try (var calls = (PtNDManager) manager.newSubManager()) {
            TorchLibrary.computeWith(threads); // both are each thread's own
            // otherwise PyTorch watches the first calls and compiles the module for what it saw: they take long, a
            // row's
            // bits depend on the calls before, and no call was measured to be faster
            JniUtils.setGraphExecutorOptimize(false);
            var arguments = new ArrayList<IValue>();
            try {
                for (var i = 0; i < inputs.inputs().size(); i++) {
                    arguments.add(
                            IValue.from(calls.create(inputs.cells(i), new Shape(inputs.shape()), DataType.INT64)));
                }
                var answers = new ArrayList<Answer>();
                collect(block.forward(arguments.toArray(IValue[]::new)), "output", calls, answers);
                return read.apply(answers);
            } finally {
                arguments.forEach(IValue::close);
            }
        } catch (EngineException e) {
            throw new EncoderException("PyTorch failed: " + TorchFailure.of(e), e);
        }
    }

    /** All tensors in what came out, whatever they are wrapped in; closes it. */
    private static void collect(IValue value, String name, PtNDManager calls, List<Answer> answers) {
        try (value) {
            if (value.isTensor()) {
                answers.add(new Answer(name, value.toTensor(calls)));
            } else if (value.isTensorList()) {
                var tensors = value.toTensorArray(calls);
                for (var i = 0; i < tensors.length; i++) {
                    answers.add(new Answer(name + " " + i, tensors[i]));
                }
            } else if (value.isMap()) {
                value.toIValueMap().forEach((key, inner) -> collect(inner, key, calls, answers));
            } else if (value.isTuple() || value.isList()) {
                var inner = value.isTuple() ? value.toIValueTuple() : value.toIValueArray();
                for (var i = 0; i < inner.length; i++) {
                    collect(inner[i], name + " " + i, calls, answers);
                }
            }
        }
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}
