package dev.packhorse.stores.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowBatchTest {

    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingIsLeft() {
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    /** A row as Spark has it. */
    private static InternalRow row(TestRow row, ArrayData vector) {
        var values = new ArrayList<Object>(List.of(
                UTF8String.fromString(row.id()),
                vector,
                UTF8String.fromString(row.contentHash()),
                UTF8String.fromString("tiny-bert"),
                UTF8String.fromString("fingerprint-1"),
                TestRow.EMBEDDED_AT));
        row.carried()
                .forEach(value -> values.add(
                        value.map(found -> found instanceof String text ? UTF8String.fromString(text) : found)
                                .orElse(null)));
        values.add(UTF8String.fromString(row.metadata()));
        return new GenericInternalRow(values.toArray());
    }

    private static ArrayData boxed(float[] vector) {
        var boxed = new Object[vector.length];
        for (var i = 0; i < vector.length; i++) {
            boxed[i] = vector[i];
        }
        return new GenericArrayData(boxed);
    }

    @Test
    void rowsComeOutAsTheyWentInHoweverOftenTheBatchIsFilled() {
        var random = Seeds.random();
        try (var batch = new RowBatch(TestRow.TABLE, allocator, 50)) {
            for (var time = 0; time < 4; time++) {
                var rows = new ArrayList<TestRow>(TestRow.random("t" + time + "-", random.nextInt(1, 51), random));
                rows.replaceAll(row -> random.nextInt(4) == 0 ? row.withNulls() : row);
                for (var i = 0; i < rows.size(); i++) {
                    var vector = rows.get(i).vector();
                    batch.add(
                            row(rows.get(i), i % 2 == 0 ? UnsafeArrayData.fromPrimitiveArray(vector) : boxed(vector)));
                }

                var root = batch.root();
                try (var expected = TestRow.batch(TestRow.TABLE, rows, allocator)) {
                    assertThat(root.equals(expected)).as("time %d", time).isTrue();
                    assertThat(root.getSchema()).isEqualTo(expected.getSchema());
                }
                batch.clear();
            }
        }
    }

    @Test
    void memoryDoesNotGrowWithTheNumberOfBatches() {
        var rows = TestRow.random("a", 50, Seeds.random());
        try (var batch = new RowBatch(TestRow.TABLE, allocator, 50)) {
            var peaks = new ArrayList<Long>();
            for (var time = 0; time < 20; time++) {
                rows.forEach(row -> batch.add(row(row, UnsafeArrayData.fromPrimitiveArray(row.vector()))));
                batch.root();
                batch.clear();
                peaks.add(allocator.getPeakMemoryAllocation());
            }
            assertThat(peaks.get(19)).isEqualTo(peaks.get(1));
        }
    }

    @Test
    void theSchemaSaysWhatTheVectorsAre() {
        var schema = TestRow.TABLE.schema();

        assertThat(schema.getCustomMetadata())
                .containsEntry("embedding.model", "tiny-bert")
                .containsEntry("embedding.revision", "r1")
                .containsEntry("embedding.dim", "8")
                .containsEntry("embedding.metric", "cosine")
                .containsEntry("embedding.normalized", "true")
                .containsEntry("embedding.dtype", "float32")
                .containsEntry("embedding.schema_version", VectorTable.SCHEMA_VERSION);
        var vector = schema.findField("vector");
        assertThat(vector.isNullable()).isFalse();
        assertThat(vector.getType()).hasToString("FixedSizeList(8)");
        assertThat(vector.getChildren().get(0).getName()).isEqualTo("item");
        assertThat(vector.getChildren().get(0).isNullable()).isTrue();
        assertThat(schema.getFields().stream().map(field -> field.getName()))
                .containsExactly(
                        "id",
                        "vector",
                        "content_hash",
                        "model_id",
                        "model_version",
                        "embedded_at",
                        "title",
                        "year",
                        "price",
                        "fresh",
                        "metadata");
    }
}
