package dev.packhorse.engine.weights;

import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A TensorProto (onnx/onnx.proto): a shape, and where its numbers lie.
 *
 * @param type a TensorProto.DataType
 * @param bytes within the graph's file; of no bytes where it has none there
 * @param varints whether they are protobuf varints, as those of int32_data are
 * @param external where the numbers lie in another file
 */
record OnnxTensor(String name, int type, long[] shape, Span bytes, boolean varints, Optional<ExternalData> external) {

    private static final int FLOAT = 1;
    private static final int FLOAT16 = 10;
    private static final int BFLOAT16 = 16;
    private static final int EXTERNAL = 1; // TensorProto.DataLocation

    static OnnxTensor read(ProtobufReader tensor) throws IOException {
        var dimensions = new ArrayList<Long>();
        var name = "";
        var type = 0;
        var bytes = new Span(0, 0);
        var varints = false;
        var external = ExternalData.NONE;
        var location = 0L;
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> addDimensions(tensor, dimensions);
                case 2 -> type = (int) tensor.number();
                case 4, 9 -> { // float_data, packed, has the same bytes as raw_data
                    bytes = tensor.span();
                    varints = false;
                }
                case 5 -> { // int32_data, which has the halves' bits
                    bytes = tensor.span();
                    varints = true;
                }
                case 8 -> name = tensor.text();
                case 13 -> external = external.with(tensor.message());
                case 14 -> location = tensor.number();
                default -> {}
            }
        }
        var elsewhere = location == EXTERNAL ? Optional.of(external) : Optional.<ExternalData>empty();
        elsewhere.ifPresent(ExternalData::locationWithin);
        return new OnnxTensor(name, type, Shapes.of(name, dimensions), bytes, varints, elsewhere);
    }

    private static void addDimensions(ProtobufReader tensor, List<Long> dimensions) throws IOException {
        dimensions.addAll(tensor.numbers(Shapes.MOST_DIMENSIONS));
        if (dimensions.size() > Shapes.MOST_DIMENSIONS) {
            throw new ModelException("expected at most %d dimensions, found more".formatted(Shapes.MOST_DIMENSIONS));
        }
    }

    /** The same tensor by another name. */
    OnnxTensor named(String other) {
        return new OnnxTensor(other, type, shape, bytes, varints, external);
    }

    /** Whether its numbers are of a type that weights are of. */
    boolean isFloat() {
        return type == FLOAT || type == FLOAT16 || type == BFLOAT16;
    }

    /**
     * Where its numbers lie.
     *
     * @param data files of external data, by their locations
     * @throws ModelException when they are not there, or not as many as the shape says
     */
    StoredTensor stored(SourceFile graph, Map<String, SourceFile> data) {
        var numbers =
                switch (type) {
                    case FLOAT -> NumberType.FLOAT32;
                    case FLOAT16 -> NumberType.FLOAT16;
                    case BFLOAT16 -> NumberType.BFLOAT16;
                    default -> throw new IllegalStateException("no float: " + type);
                };
        var size = Shapes.size(shape) * numbers.bytes();
        if (external.isPresent()) {
            var file = data.get(external.get().location());
            if (file == null) {
                throw new ModelException("expected the file %s with %s among the data files, found %s"
                        .formatted(external.get().location(), name, data.keySet()));
            }
            var span = external.get().bytes(name, file, size);
            return new StoredTensor(numbers, shape, false, false, file, span);
        }
        requireSize(numbers, size);
        return new StoredTensor(numbers, shape, false, varints, graph, bytes);
    }

    private void requireSize(NumberType numbers, long size) {
        if (varints && numbers == NumberType.FLOAT32) {
            throw new ModelException("expected float_data or raw_data of %s, found int32_data".formatted(name));
        }
        // a varint of sixteen bits has one to three bytes; how many there are is seen when they are read
        var fits = varints
                ? bytes.length() >= size / Short.BYTES && bytes.length() <= size / Short.BYTES * 3
                : bytes.length() == size;
        if (!fits) {
            throw new ModelException("expected %d bytes of %s, found %d".formatted(size, name, bytes.length()));
        }
    }
}
