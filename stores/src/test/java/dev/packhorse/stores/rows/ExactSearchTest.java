package dev.packhorse.stores.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExactSearchTest {

    private final List<float[]> vectors = new ArrayList<>(); // each [3]
    private int reads;

    private ExactSearch search(Metric metric, long mostKeptBytes) {
        return new ExactSearch(
                metric,
                seen -> {
                    reads++;
                    for (var i = 0; i < vectors.size(); i++) {
                        seen.row("v" + i, vectors.get(i));
                    }
                },
                mostKeptBytes);
    }

    @Test
    void findsWhatSortingFindsByEachMetricWhetherKeptOrReadAgain() {
        var random = Seeds.random();
        for (var i = 0; i < 200; i++) {
            vectors.add(new float[] {(float) random.nextGaussian(), random.nextFloat(), random.nextFloat()});
        }
        var query = new float[] {0.5f, 0.1f, -0.3f};
        for (var metric : Metric.values()) {
            var expected = vectors.stream()
                    .sorted(Comparator.comparingDouble(vector -> -metric.nearness(query, vector)))
                    .limit(7)
                    .map(vector -> "v" + vectors.indexOf(vector))
                    .toList();
            for (var most : List.of(0L, 5000L, 1L << 20)) {
                try (var search = search(metric, most)) {
                    assertThat(search.nearest(query, 7)).isEqualTo(expected);
                    assertThat(search.rows()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void ofEquallyNearVectorsTheFirstComesFirst() {
        for (var i = 0; i < 5; i++) {
            vectors.add(new float[] {1, 0, 0});
        }

        assertThat(search(Metric.COSINE, 1 << 20).nearest(new float[] {1, 0, 0}, 3))
                .containsExactly("v0", "v1", "v2");
    }

    @Test
    void fewVectorsAreReadOnceAndManyForEachQuestion() {
        vectors.add(new float[] {1, 0, 0});
        var few = search(Metric.DOT, 1000);
        few.nearest(new float[] {1, 0, 0}, 1);
        few.nearest(new float[] {1, 0, 0}, 1);
        assertThat(few.rows()).isEqualTo(1);
        assertThat(reads).isEqualTo(1);

        var many = search(Metric.DOT, 10);
        many.nearest(new float[] {1, 0, 0}, 1);
        assertThat(many.nearest(new float[] {1, 0, 0}, 1)).containsExactly("v0");
        assertThat(reads).isEqualTo(1 + 3);
    }

    @Test
    void ofNothingItFindsNothing() {
        assertThat(search(Metric.L2, 10).nearest(new float[] {1, 0, 0}, 3)).isEmpty();
    }
}
