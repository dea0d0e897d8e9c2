package dev.packhorse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.measure.Batching;
import dev.packhorse.engine.measure.OperatorCost;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelFolder;
import dev.packhorse.engine.onednn.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncoderLoopTest {

    private final Model model = ModelFolder.read(Fixtures.tinyBert());
    private final List<int[]> rows = rows(21);
    private final long tokens = rows.stream().mapToInt(row -> row.length).sum();

    private static List<int[]> rows(int count) {
        var random = Seeds.random();
        return Stream.generate(() -> IntStream.generate(() -> random.nextInt(5, 500))
                        .limit(random.nextInt(2, 60))
                        .toArray())
                .limit(count)
                .toList();
    }

    private EngineSettings settings(PathChoice path, int maxBatchTokens) {
        return new EngineSettings(model, Precision.FLOAT32, path, maxBatchTokens, 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"FAST", "SLOW"})
    void batchesOfWhateverRowsGiveTheSameVectors(PathChoice path) {
        try (var planned = EncoderLoop.open(settings(path, 128), rows);
                var arrival = EncoderLoop.open(settings(path, 16), rows, new Batching.Arrival(4))) {
            assertThat(planned.run(2)).isPositive();
            assertThat(arrival.run(2)).isPositive();
            for (var i = 0; i < rows.size(); i++) {
                assertThat(arrival.vectors()[i])
                        .usingComparatorWithPrecision(1e-5f)
                        .containsExactly(planned.vectors()[i]);
            }
            assertThat(arrival.latencies()).hasSize(6);
            assertThat(Arrays.stream(arrival.latencies())).allMatch(seconds -> seconds > 0);
            assertThat(arrival.operations()).isPositive().isEqualTo(planned.operations());
        }
    }

    @Test
    void otherRowsTakeThePlaceOfTheFirst() {
        try (var loop = EncoderLoop.open(settings(PathChoice.FAST, 128), rows);
                var alone = EncoderLoop.open(settings(PathChoice.FAST, 128), rows.subList(3, 5))) {
            loop.run(1);
            loop.load(rows.subList(3, 5), new Batching.Planned(128));
            loop.run(1);
            alone.run(1);
            assertThat(loop.vectors()).isDeepEqualTo(alone.vectors());
            assertThat(loop.computedTokens()).isEqualTo(rows.get(3).length + rows.get(4).length);
        }
    }

    @Test
    void paddingIsComputedWhereThereIsPadding() {
        try (var padded = EncoderLoop.open(settings(PathChoice.SLOW, 128), rows, new Batching.Arrival(rows.size()));
                var nested =
                        EncoderLoop.open(settings(PathChoice.FAST, 128), rows, new Batching.Arrival(rows.size()))) {
            var longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
            assertThat(padded.computedTokens()).isEqualTo((long) rows.size() * longest);
            assertThat(nested.computedTokens()).isEqualTo(tokens);
        }
    }

    @Test
    void theNestedEncodersProfileHasEachOperation() {
        var profile = EncoderProfile.of(
                new EngineSettings(model, Precision.INT8, PathChoice.FAST, 128, 1), rows, new Batching.Planned(128));
        var costs = OperatorCost.of(profile.spans());
        assertThat(costs)
                .extracting(OperatorCost::operator)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Operation.values()).map(Operation::id).toList());
        assertThat(costs.stream().mapToDouble(OperatorCost::selfMicros).sum() / 1e6)
                .isPositive()
                .isLessThanOrEqualTo(profile.seconds());
        var batches = new Batching.Planned(128)
                .plan(rows.stream().mapToInt(row -> row.length).toArray(), false)
                .size();
        assertThat(costs)
                .filteredOn(cost -> cost.operator().equals(Operation.POOL.id()))
                .extracting(OperatorCost::calls)
                .containsExactly((long) batches);
    }

    @Test
    void onnxRuntimesProfileIsOfTheLastRunsOnly() {
        var profile = EncoderProfile.of(settings(PathChoice.SLOW, 128), rows, new Batching.Arrival(7));
        var costs = OperatorCost.of(profile.spans());
        assertThat(costs).extracting(OperatorCost::operator).contains("model_run", "Gather");
        assertThat(costs)
                .filteredOn(cost -> cost.operator().equals("model_run"))
                .extracting(OperatorCost::calls)
                .containsExactly(3L); // batches: the run that warmed up is not in it
        assertThat(profile.spans()).anyMatch(span -> !span.detail().isEmpty());
        assertThat(costs.stream().mapToDouble(OperatorCost::selfMicros).sum() / 1e6)
                .isPositive()
                .isLessThanOrEqualTo(profile.seconds());
    }
}
