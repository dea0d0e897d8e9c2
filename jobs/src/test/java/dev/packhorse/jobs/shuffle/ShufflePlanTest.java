package dev.packhorse.jobs.shuffle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.udf.LocalSpark;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShufflePlanTest {

    private static double[] loads(ShufflePlan plan, double[] costs) {
        var loads = new double[plan.partitions()];
        var partitionOf = plan.partitionOf();
        for (var bucket = 0; bucket < costs.length; bucket++) {
            loads[partitionOf[bucket]] += costs[bucket];
        }
        return loads;
    }

    @ParameterizedTest
    @CsvSource({"1, 64", "3, 128", "12, 512", "2048, 131072", "20000, 131072"})
    void bucketsAreAPowerOfTwoWithABound(int partitions, int buckets) {
        assertThat(ShufflePlan.buckets(partitions)).isEqualTo(buckets);
    }

    @Test
    void theDearestBucketGoesAloneWhereTheOthersTogetherCostLess() {
        var plan = ShufflePlan.balanced(3, new double[] {1, 9, 2, 5, 2, 4});

        var loads = loads(plan, new double[] {1, 9, 2, 5, 2, 4});
        assertThat(loads).containsExactlyInAnyOrder(9, 7, 7);
    }

    @Test
    void costsWithALongTailAreDealtOutEvenly() {
        var random = Seeds.random();
        var costs = IntStream.range(0, ShufflePlan.buckets(12))
                .mapToDouble(i -> Math.exp(random.nextGaussian() * 1.5))
                .toArray();

        var loads = loads(ShufflePlan.balanced(12, costs), costs);

        // the bound of longest processing time first, for what the best deal costs at least
        var mean = Arrays.stream(costs).sum() / 12;
        var best = Math.max(mean, Arrays.stream(costs).max().orElseThrow());
        assertThat(Arrays.stream(loads).max().orElseThrow()).isLessThanOrEqualTo(best * 4 / 3);
    }

    @Test
    void bucketsThatCostNothingAreSpreadToo() {
        var loads = new int[4];
        for (var partition : ShufflePlan.balanced(4, new double[16]).partitionOf()) {
            loads[partition]++;
        }

        assertThat(loads).containsOnly(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 12, 1000})
    void targetsAreWhatSparksHashBringsToEachPartition(int partitions) {
        var spark = LocalSpark.session();
        var rows = spark.range(20_000).withColumn("key", functions.xxhash64(functions.col("id")));
        var plan = ShufflePlan.even(partitions);
        var buckets = plan.partitionOf();

        var found = rows.withColumn("target", plan.target(functions.col("key")))
                .repartition(partitions, functions.col("target"))
                .select(functions.col("key"), functions.spark_partition_id())
                .collectAsList();

        assertThat(found).hasSize(20_000);
        assertThat(found.stream()
                        .filter((Row row) ->
                                row.getInt(1) != buckets[(int) Math.floorMod(row.getLong(0), (long) buckets.length)]))
                .isEmpty();
    }

    @Test
    void costsOfManyBucketsFallTogetherAsTheirKeysDo() {
        var rows = LocalSpark.session().range(5_000).withColumn("key", functions.xxhash64(functions.col("id")));

        var costs = SourceCosts.read(
                rows.toDF(), functions.col("key"), functions.col("id").cast("double"));

        assertThat(costs.rows()).isEqualTo(5_000);
        assertThat(costs.costs()).hasSize(1 << 17);
        var expected = new double[64];
        rows.collectAsList().forEach(row -> expected[(int) Math.floorMod(row.getLong(1), 64L)] += row.getLong(0));
        assertThat(costs.in(64).costs()).isEqualTo(expected);
    }
}
