package dev.packhorse.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.Seeds;
import dev.packhorse.stores.contract.TestRow;
import dev.packhorse.stores.contract.VectorTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes of COPY, read and written again by the plainest means: a stream of data, field by field. */
class RowEncoderTest {

    private final RootAllocator allocator = new RootAllocator();
    private final RandomGenerator random = Seeds.random();
    private final List<String> refused = new ArrayList<>();

    @AfterEach
    void nothingIsLeftOfArrowsMemory() {
        allocator.close();
    }

    private byte[] encode(VectorType type, VectorTable table, List<TestRow> rows, long firstPlace) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var batch = TestRow.batch(table, rows, allocator)) {
            var encoded = new RowEncoder(table, type)
                    .encode(
                            batch,
                            firstPlace,
                            (piece, length) -> bytes.write(piece, 0, length),
                            (id, why) -> refused.add(id + ": " + why));
            assertThat(encoded).isEqualTo(rows.size() - refused.size());
        }
        return bytes.toByteArray();
    }

    /** The reference. */
    private static byte[] plain(VectorType type, List<TestRow> rows, long firstPlace) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(new byte[] {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0});
        out.writeInt(0);
        out.writeInt(0);
        for (var i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            out.writeShort(7 + 1 + row.carried().size());
            out.writeInt(8);
            out.writeLong(firstPlace + i);
            plain(out, row.id());
            plain(out, type, row.vector());
            plain(out, row.contentHash());
            plain(out, "tiny-bert");
            plain(out, "fingerprint-1");
            out.writeInt(8);
            out.writeLong(TestRow.EMBEDDED_AT - 946_684_800_000_000L);
            for (var value : row.carried()) {
                plain(out, value);
            }
            out.writeInt(1 + row.metadata().getBytes(UTF_8).length);
            out.writeByte(1);
            out.write(row.metadata().getBytes(UTF_8));
        }
        out.writeShort(-1);
        return bytes.toByteArray();
    }

    private static void plain(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.getBytes(UTF_8).length);
        out.write(text.getBytes(UTF_8));
    }

    private static void plain(DataOutputStream out, VectorType type, float[] vector) throws IOException {
        switch (type) {
            case VECTOR -> {
                out.writeInt(4 + 4 * vector.length);
                out.writeShort(vector.length);
                out.writeShort(0);
                for (var number : vector) {
                    out.writeFloat(number);
                }
            }
            case HALFVEC -> {
                out.writeInt(4 + 2 * vector.length);
                out.writeShort(vector.length);
                out.writeShort(0);
                for (var number : vector) {
                    out.writeShort(half(number));
                }
            }
            case REAL -> {
                out.writeInt(20 + 8 * vector.length);
                for (var header : new int[] {1, 0, 700, vector.length, 1}) {
                    out.writeInt(header);
                }
                for (var number : vector) {
                    out.writeInt(4);
                    out.writeFloat(number);
                }
            }
        }
    }

    /** By looking for the nearest of all halves, the even one of two. */
    private static int half(float number) {
        var best = 0;
        for (var half = 0; half < 0x7c00; half++) {
            var distance = Math.abs(value(half) - Math.abs((double) number));
            var least = Math.abs(value(best) - Math.abs((double) number));
            if (distance < least || (distance == least && half % 2 == 0)) {
                best = half;
            }
        }
        return Float.floatToRawIntBits(number) < 0 ? best | 0x8000 : best;
    }

    private static double value(int half) {
        var exponent = half >> 10;
        var fraction = half & 0x3ff;
        return exponent == 0 ? Math.scalb(fraction, -24) : Math.scalb(1024 + fraction, exponent - 25);
    }

    private static void plain(DataOutputStream out, Optional<Object> value) throws IOException {
        if (value.isEmpty()) {
            out.writeInt(-1);
        } else if (value.get() instanceof String text) {
            plain(out, text);
        } else if (value.get() instanceof Long number) {
            out.writeInt(8);
            out.writeLong(number);
        } else if (value.get() instanceof Double number) {
            out.writeInt(8);
            out.writeDouble(number);
        } else {
            out.writeInt(1);
            out.writeByte(value.get().equals(true) ? 1 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreTheBytesThatTheManualSays(VectorType type) throws Exception {
        var rows = new ArrayList<>(TestRow.random("é", 3, random));
        rows.add(TestRow.random("nulls", "h", random).withNulls());
        var edges = TestRow.random("edges", "h", random);
        System.arraycopy(
                new float[] {0f, -0f, 65_504f, -65_519.99f, 0x1p-24f, 0x1.8p-25f, 0x1p-25f, 1 + 0x1.8p-10f},
                0,
                edges.vector(),
                0,
                8);
        rows.add(edges);

        assertThat(encode(type, TestRow.TABLE, rows, 1L << 40)).isEqualTo(plain(type, rows, 1L << 40));
        assertThat(refused).isEmpty();
    }

    @Test
    void manyRowsGoOnInPieces() throws Exception {
        var table = TestRow.table(2000);
        var rows = new ArrayList<TestRow>();
        for (var i = 0; i < 150; i++) {
            rows.add(TestRow.random("a" + i, "h", random, 2000));
        }

        assertThat(encode(VectorType.VECTOR, table, rows, 0))
                .hasSizeGreaterThan(4 * CopyWriter.PIECE)
                .isEqualTo(plain(VectorType.VECTOR, rows, 0));
    }

    @Test
    void aRowThatIsLargerThanAPieceGoesAlong() throws Exception {
        var small = TestRow.random("small", "h", random);
        var large = new TestRow(
                "large", small.vector(), "x".repeat(3 * CopyWriter.PIECE), small.carried(), small.metadata());
        var rows = List.of(small, large, small);

        assertThat(encode(VectorType.REAL, TestRow.TABLE, rows, 7)).isEqualTo(plain(VectorType.REAL, rows, 7));
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatCannotBeStoredAreCutOutWhole(VectorType type) throws Exception {
        var good = TestRow.random("good", "h", random);
        var rows = new ArrayList<TestRow>();
        for (var number : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            var bad = TestRow.random("bad" + number, "h", random);
            bad.vector()[5] = number;
            rows.add(bad);
        }
        rows.add(new TestRow("json", good.vector(), "h", good.carried(), "{"));
        rows.add(new TestRow("hash", good.vector(), "\0", good.carried(), "{}"));
        rows.add(new TestRow("x".repeat(2601), good.vector(), "h", good.carried(), "{}"));

        var bytes = encode(type, TestRow.TABLE, rows, 0);

        assertThat(bytes).isEqualTo(plain(type, List.of(), 0));
        assertThat(refused.stream().map(why -> why.substring(why.length() > 2000 ? 2601 : 0)))
                .containsExactly(
                        "badNaN: expected finite numbers, found NaN as number 5 of the vector",
                        "badInfinity: expected finite numbers, found Infinity as number 5 of the vector",
                        "bad-Infinity: expected finite numbers, found -Infinity as number 5 of the vector",
                        "json: expected JSON in metadata, found another text",
                        "hash: expected a text without NUL characters (\\u0000), which PostgreSQL does not store, found one in content_hash",
                        ": expected an id of at most 2600 bytes, as an index of PostgreSQL takes, found 2601");
    }

    @Test
    void goodRowsKeepTheirPlacesBesideBadOnes() throws Exception {
        var good = TestRow.random("good", "h", random);
        var bad = TestRow.random("\0", "h", random);

        var bytes = encode(VectorType.VECTOR, TestRow.TABLE, List.of(bad, good), 5);

        assertThat(bytes).isEqualTo(plain(VectorType.VECTOR, List.of(good), 6));
    }

    @Test
    void idsToDeleteAreRowsOfTwoFields() throws Exception {
        var bytes = new ByteArrayOutputStream();
        var encoded = new RowEncoder(TestRow.TABLE, VectorType.VECTOR)
                .encodeDeleted(
                        List.of("a".getBytes(UTF_8), new byte[] {0}, "é".getBytes(UTF_8)),
                        3,
                        (piece, length) -> bytes.write(piece, 0, length));

        assertThat(encoded).isEqualTo(2);
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.skipBytes(19)).isEqualTo(19);
            assertThat(in.readShort()).isEqualTo((short) 2);
            assertThat(in.readInt()).isEqualTo(8);
            assertThat(in.readLong()).isEqualTo(3);
            assertThat(in.readInt()).isEqualTo(1);
            assertThat(in.readByte()).isEqualTo((byte) 'a');
            assertThat(in.readShort()).isEqualTo((short) 2);
            assertThat(in.skipBytes(4 + 8)).isEqualTo(12);
            assertThat(in.readInt()).isEqualTo(2);
            assertThat(in.readNBytes(2)).isEqualTo("é".getBytes(UTF_8));
            assertThat(in.readShort()).isEqualTo((short) -1);
            assertThat(in.read()).isEqualTo(-1);
        }
    }
}
