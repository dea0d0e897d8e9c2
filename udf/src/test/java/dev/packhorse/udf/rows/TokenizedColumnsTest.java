package dev.packhorse.udf.rows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.rows.TokenizedRow.Place;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** What goes through the shuffle of {@code --sort global} comes out as it was. */
class TokenizedColumnsTest {

    private static final Object[] CARRIED = {"a note", null, 7};

    private static void assertComesBack(TokenizedRow row) {
        var carried = StructType.fromDDL("a STRING, b STRING, c INT");

        var travels = TokenizedColumns.toRow(row);

        assertThat(travels.length())
                .isEqualTo(TokenizedColumns.schema(DataTypes.LongType, List.of(carried.fields()))
                        .length());
        assertThat(TokenizedColumns.fromRow(travels))
                .usingRecursiveComparison()
                .withStrictTypeChecking()
                .isEqualTo(row);
    }

    @Test
    void aTextWithItsPieces() {
        var pieces = List.of(new TokenizedText(new int[] {2, 9, 3}, 0), new TokenizedText(new int[] {2, 3}, 5));

        assertComesBack(new TokenizedRow(1L, CARRIED, "hash", Optional.empty(), pieces, Optional.empty()));
    }

    @Test
    void aChunkWithItsPlace() {
        var pieces = List.of(new TokenizedText(new int[] {2, 9, 3}, 0));

        assertComesBack(
                new TokenizedRow(1L, CARRIED, "hash", Optional.of(new Place(4, 10, 20)), pieces, Optional.empty()));
    }

    @Test
    void aRowThatFailed() {
        assertComesBack(TokenizedRow.failed(null, CARRIED, "", new RowError(Count.ERROR_NULL_ID, "id is null")));
    }
}
