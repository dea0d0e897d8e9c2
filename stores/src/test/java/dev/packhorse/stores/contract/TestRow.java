package dev.packhorse.stores.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;

/**
 * A row to send to a store, of {@link #TABLE}.
 *
 * @param vector [8]
 * @param carried of columns title, year, price, fresh, in order
 */
public record TestRow(String id, float[] vector, String contentHash, List<Optional<Object>> carried, String metadata) {

    /** Eight numbers, and one column of each type. */
    public static final VectorTable TABLE = table(8);

    /** When all rows were embedded: a microsecond after 2026 began. */
    public static final long EMBEDDED_AT = 1_767_225_600_000_001L;

    public static VectorTable table(int dimension) {
        return new VectorTable(
                "tiny-bert",
                "r1",
                dimension,
                Metric.COSINE,
                true,
                List.of(
                        new CarriedColumn("title", CarriedColumn.Type.UTF8),
                        new CarriedColumn("year", CarriedColumn.Type.INT64),
                        new CarriedColumn("price", CarriedColumn.Type.DOUBLE),
                        new CarriedColumn("fresh", CarriedColumn.Type.BOOL)));
    }

    /** A row of random numbers of length 1. */
    public static TestRow random(String id, String contentHash, RandomGenerator random) {
        return random(id, contentHash, random, TABLE.dimension());
    }

    /** The same of another dimension. */
    public static TestRow random(String id, String contentHash, RandomGenerator random, int dimension) {
        var vector = new float[dimension];
        var square = 0.0;
        for (var i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
            square += vector[i] * vector[i];
        }
        for (var i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return new TestRow(
                id,
                vector,
                contentHash,
                List.of(
                        Optional.of("title of " + id),
                        Optional.of(1900L + random.nextInt(100)),
                        Optional.of(random.nextDouble()),
                        Optional.of(random.nextBoolean())),
                "{\"tags\":[\"a\",\"b\"]}");
    }

    /** Random rows with ids prefix0, prefix1, ... */
    public static List<TestRow> random(String prefix, int count, RandomGenerator random) {
        var rows = new ArrayList<TestRow>();
        for (var i = 0; i < count; i++) {
            rows.add(random(prefix + i, "hash-" + prefix + i, random));
        }
        return rows;
    }

    /** This row with nulls in all columns carried along. */
    public TestRow withNulls() {
        return new TestRow(
                id,
                vector,
                contentHash,
                List.of(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                "{}");
    }

    /** Rows as a batch, the caller's to close. */
    public static VectorSchemaRoot batch(VectorTable table, List<TestRow> rows, BufferAllocator allocator) {
        var root = VectorSchemaRoot.create(table.schema(), allocator);
        root.allocateNew();
        var vectors = (FixedSizeListVector) root.getVector(VectorTable.VECTOR);
        var numbers = (Float4Vector) vectors.getDataVector();
        for (var i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            text(root, VectorTable.ID, i, row.id());
            text(root, VectorTable.CONTENT_HASH, i, row.contentHash());
            text(root, VectorTable.MODEL_ID, i, table.model());
            text(root, VectorTable.MODEL_VERSION, i, "fingerprint-1");
            text(root, VectorTable.METADATA, i, row.metadata());
            ((TimeStampMicroTZVector) root.getVector(VectorTable.EMBEDDED_AT)).setSafe(i, EMBEDDED_AT);
            vectors.setNotNull(i);
            for (var j = 0; j < table.dimension(); j++) {
                numbers.setSafe(i * table.dimension() + j, row.vector()[j]);
            }
            for (var j = 0; j < table.carried().size(); j++) {
                var column = table.carried().get(j);
                if (row.carried().get(j).isEmpty()) {
                    continue;
                }
                var value = row.carried().get(j).get();
                switch (column.type()) {
                    case UTF8 -> text(root, column.name(), i, (String) value);
                    case INT64 -> ((BigIntVector) root.getVector(column.name())).setSafe(i, (Long) value);
                    case DOUBLE -> ((Float8Vector) root.getVector(column.name())).setSafe(i, (Double) value);
                    case BOOL -> ((BitVector) root.getVector(column.name())).setSafe(i, (Boolean) value ? 1 : 0);
                }
            }
        }
        root.setRowCount(rows.size());
        return root;
    }

    private static void text(VectorSchemaRoot root, String column, int row, String text) {
        ((VarCharVector) root.getVector(column)).setSafe(row, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
