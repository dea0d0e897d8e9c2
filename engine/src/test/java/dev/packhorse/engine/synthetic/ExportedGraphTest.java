package dev.packhorse.engine.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.weights.GraphOperators;
import dev.packhorse.engine.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The graphs against those that torch's exporter wrote of fixtures of the same sizes. */
class ExportedGraphTest {

    @TempDir
    Path folder;

    @Test
    void onnxRuntimeMakesOfAnXlmRobertaWhatItMakesOfAnExport() throws IOException, OrtException {
        var sizes = new Sizes(Kind.XLM_ROBERTA, 2, 32, 4, 48, 325, 130);
        assertThat(written(sizes)).isEqualTo(exported("xlm-roberta"));
    }

    /** That export gets its token types, where ours makes them; the layers are the same. */
    @Test
    void onnxRuntimeMakesOfABertsLayersWhatItMakesOfAnExports() throws IOException, OrtException {
        var found = written(new Sizes(Kind.BERT, 2, 32, 4, 48, 315, 128));
        var expected = exported("bert");
        var inLayers =
                List.of("Add", "BiasGelu", "FusedMatMul", "LayerNormalization", "MatMul", "Softmax", "Transpose");
        found.keySet().retainAll(inLayers);
        expected.keySet().retainAll(inLayers);
        assertThat(found).hasSameSizeAs(inLayers).isEqualTo(expected);
    }

    /** Square weights are the wrong way round only for who looks. */
    @ParameterizedTest
    @EnumSource
    void ourReaderFindsEachWeightInTheGraph(Kind kind) {
        var sizes = TinySizes.of(kind);
        SyntheticModel.write(sizes, 1, folder, Set.of(Format.ONNX));
        var data = folder.resolve("model.safetensors");
        var graph = folder.resolve("model.onnx");
        try (var expected = WeightsFile.safetensors("the data", data);
                var found = WeightsFile.onnx("the graph", graph, Map.of("model.safetensors", data))) {
            assertThat(found.names()).isEqualTo(expected.names());
            for (var parameter : Parameters.of(sizes)) {
                var shape = parameter.shape().stream().mapToInt(i -> i).toArray();
                assertThat(found.read(parameter.name(), shape))
                        .as(parameter.name())
                        .isEqualTo(expected.read(parameter.name(), shape));
            }
        }
    }

    private SortedMap<String, Integer> written(Sizes sizes) throws IOException, OrtException {
        SyntheticModel.write(sizes, 1, folder, Set.of(Format.ONNX));
        return optimised(folder.resolve("model.onnx"));
    }

    private SortedMap<String, Integer> exported(String family) throws IOException, OrtException {
        return optimised(FamilyFixtures.folder(family).resolve("onnx/model.onnx"));
    }

    /** The operators that are left when ONNX Runtime has joined what it can. */
    private SortedMap<String, Integer> optimised(Path graph) throws IOException, OrtException {
        var target = folder.resolve("optimised.onnx");
        try (var options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR); // it warns of such files
            options.setOptimizedModelFilePath(target.toString());
            OrtEnvironment.getEnvironment()
                    .createSession(graph.toString(), options)
                    .close();
        }
        return GraphOperators.count(target);
    }
}
