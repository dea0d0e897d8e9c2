package dev.packhorse.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Closeness;
import dev.packhorse.engine.EncodedRows;
import dev.packhorse.engine.FamilyFixture;
import dev.packhorse.engine.FamilyFixtures;
import dev.packhorse.engine.Seeds;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.model.Pooling;
import dev.packhorse.engine.nested.NativeMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Exported graphs of real families against what sentence-transformers made of the same models and texts. */
class FamilyGraphsTest {

    static List<Arguments> graphs() {
        return FamilyFixture.families()
                .flatMap(fixture -> fixture.graphs().stream()
                        .filter(graph -> graph.startsWith("onnx/"))
                        .map(graph -> Arguments.of(fixture, graph)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void vectorsAreThoseOfSentenceTransformersInAnyBatch(FamilyFixture fixture, String graph) {
        var reference = FamilyFixtures.reference(fixture.family());
        var model = model(fixture, graph);
        assertThat(model.head().poolings()).extracting(Pooling::id).containsExactly(fixture.pooling());
        try (var memory = NativeMemory.open(Long.MAX_VALUE);
                var encoder = OnnxEncoder.open(model, 1, "a test")) {
            var alone = EncodedRows.alone(memory, encoder, reference.tokenIds());
            assertThat(Closeness.worst(reference.vectors(), alone).cosine()).isGreaterThanOrEqualTo(0.9999);
            var order = new ArrayList<>(IntStream.range(0, alone.length).boxed().toList());
            Collections.shuffle(order, new Random(Seeds.random().nextLong()));
            for (var first = 0; first < order.size(); first += 8) {
                var batch = order.subList(first, first + 8);
                var together = EncodedRows.together(
                        memory,
                        encoder,
                        batch.stream().map(reference.tokenIds()::get).toList());
                for (var b = 0; b < 8; b++) {
                    assertThat(Closeness.difference(alone[batch.get(b)], together[b]))
                            .as("text %d", batch.get(b))
                            .isLessThan(1e-5);
                }
            }
        }
    }

    private static Model model(FamilyFixture fixture, String graph) {
        var model = ModelFolder.read(fixture.folder());
        return new Model(
                model.name(),
                List.of(FamilyFixtures.file(fixture.folder().resolve(graph))),
                model.onnxOutput(),
                model.safetensors(),
                model.torchscript(),
                model.tokenizer(),
                model.configuration(),
                model.architecture(),
                model.hiddenSize(),
                model.maxSeqLength(),
                model.texts(),
                model.head(),
                model.revision());
    }
}
