package dev.packhorse.engine.weights;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.FuzzLoop;
import dev.packhorse.engine.contract.ModelException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Opens broken files of weights, and reads all that they have. Either that succeeds, or it ends in a ModelException,
 * and soon. Long runs with a small heap: {@code java -Xmx128m dev.packhorse.engine.weights.WeightsFuzz SECONDS SEED}.
 */
final class WeightsFuzz implements FuzzLoop.Fuzz {

    private static final String NAME = "some weights";

    private final Path folder;
    private final List<byte[]> safetensors;
    private final List<byte[]> graphs;

    /** @param folder for the files, one at a time; the last stays there when an exception is thrown */
    WeightsFuzz(Path folder) throws IOException, URISyntaxException {
        this.folder = folder;
        this.safetensors = safetensors();
        this.graphs = graphs();
        Files.write(folder.resolve("weights"), SafetensorsBytes.floats(1, 2, 3, 4));
    }

    public static void main(String[] arguments) throws Exception {
        FuzzLoop.main(arguments, WeightsFuzz::new);
    }

    @Override
    public boolean tryOne(long seed) throws IOException {
        var random = new Random(seed);
        var corpus = random.nextInt(3) == 0 ? safetensors : graphs;
        var mutations = new Mutations(random);
        var one = corpus.get(random.nextInt(corpus.size()));
        var other = corpus.get(random.nextInt(corpus.size()));
        var file = Files.write(folder.resolve("file"), mutations.mutate(one, other));
        return FuzzLoop.read(seed, NAME, () -> read(file, corpus == safetensors));
    }

    private void read(Path file, boolean isSafetensors) {
        if (isSafetensors) {
            readAll(WeightsFile.safetensors(NAME, file));
        } else {
            var data = Map.of("weights", folder.resolve("weights"));
            requireRefusedOrDone(() -> OnnxSignature.read(NAME, file));
            readAll(WeightsFile.onnx(NAME, file, data));
        }
    }

    private static void readAll(WeightsFile weights) {
        try (weights) {
            for (var name : weights.names()) {
                var shape = weights.shape(name);
                if (Arrays.stream(shape).allMatch(size -> size <= Integer.MAX_VALUE)) {
                    requireRefusedOrDone(() -> weights.read(
                            name,
                            Arrays.stream(shape).mapToInt(size -> (int) size).toArray()));
                }
                requireRefusedOrDone(() -> weights.has(name.substring(name.indexOf('.') + 1)));
            }
        }
    }

    private static void requireRefusedOrDone(Runnable reading) {
        try {
            reading.run();
        } catch (ModelException e) {
            FuzzLoop.requireNamed(NAME, e);
        }
    }

    private static List<byte[]> safetensors() throws IOException, URISyntaxException {
        var small = """
                {"__metadata__": {"format": "pt"},
                 "bert.a.weight": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
                 "ids": {"dtype": "I64", "shape": [1], "data_offsets": [8, 16]},
                 "b.bias": {"dtype": "F16", "shape": [2], "data_offsets": [16, 20]},
                 "c": {"dtype": "BF16", "shape": [], "data_offsets": [20, 22]}}""";
        return List.of(
                SafetensorsBytes.file(small, new byte[22]),
                SafetensorsBytes.file("{}", new byte[0]),
                Files.readAllBytes(Fixtures.tinyBert().resolve("model.safetensors")));
    }

    private static List<byte[]> graphs() throws IOException, URISyntaxException {
        var graphs = new ArrayList<byte[]>();
        graphs.add(OnnxBytes.file(smallGraph()));
        graphs.add(new Protobuf().message(7, smallGraph()).toBytes());
        graphs.add(Files.readAllBytes(Fixtures.tinyBert().resolve("onnx/model.onnx")));
        var bert =
                Path.of(WeightsFuzz.class.getResource("/fixtures/families/bert").toURI());
        graphs.add(Files.readAllBytes(bert.resolve("onnx/model-dynamo.onnx")));
        graphs.add(Files.readAllBytes(bert.resolve("onnx-external/model.onnx")));
        return graphs;
    }

    /** Something of each kind that a graph may have. */
    private static Protobuf smallGraph() {
        var constant = OnnxBytes.dims(1).number(2, 1).bytes(9, new byte[4]);
        var gemm = OnnxBytes.node("Gemm", "x", "v", "1")
                .message(5, new Protobuf().text(1, "transB").number(3, 1));
        var turn = OnnxBytes.node("Transpose", "t", "", "turned")
                .message(5, new Protobuf().text(1, "perm").number(8, 1).number(8, 0));
        return new Protobuf()
                .message(1, OnnxBytes.inScope("a.up", OnnxBytes.node("MatMul", "x", "w", "product")))
                .message(1, OnnxBytes.inScope("a.up", OnnxBytes.node("Add", "product", "up.bias", "y")))
                .message(1, OnnxBytes.inScope("gemm", gemm))
                .message(1, turn)
                .message(1, OnnxBytes.inScope("turned", OnnxBytes.node("MatMul", "x", "turned", "z")))
                .message(1, OnnxBytes.inScope("norm", OnnxBytes.node("LayerNormalization", "x", "c", "2")))
                .message(1, OnnxBytes.inScope("words", OnnxBytes.node("Gather", "w", "ids", "3")))
                .message(1, OnnxBytes.node("Identity", "up.bias", "", "b.bias"))
                .message(
                        1,
                        OnnxBytes.node("Constant", "", "", "c")
                                .message(5, new Protobuf().text(1, "value").message(5, constant)))
                .message(5, OnnxBytes.initializer("w", new int[] {2, 1}, 1, 2))
                .message(5, OnnxBytes.initializer("up.bias", new int[] {1}, 3))
                .message(
                        5,
                        OnnxBytes.packedDims(1, 2)
                                .number(2, 10)
                                .text(8, "v")
                                .message(5, new Protobuf().varint(1).varint(2)))
                .message(5, OnnxBytes.external(OnnxBytes.dims(2, 2).number(2, 1).text(8, "t"), "weights", "0", "16"))
                .message(11, OnnxBytes.value("x", 1, "batch", 2L))
                .message(12, OnnxBytes.value("y", 1, "batch", 1L));
    }
}
