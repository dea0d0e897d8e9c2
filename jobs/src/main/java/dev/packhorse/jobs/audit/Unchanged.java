package dev.packhorse.jobs.audit;

import dev.packhorse.jobs.shuffle.RowKeys;
import dev.packhorse.jobs.target.TargetColumns;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Holds the rows that a run says it has not touched against those that readers see, bit by bit: by a hash of each row, and an
 * exclusive or over all; row by row only where these differ.
 */
final class Unchanged {

    private static final String HASH = "__packhorse_hash";
    private static final String TOUCHED = "__packhorse_touched";

    private Unchanged() {}

    static Check check(Dataset<Row> before, Dataset<Row> candidate, Dataset<Row> touched) {
        var columns = List.of(before.columns());
        var old = untouched(before, columns, touched);
        var now = untouched(candidate, columns, touched);
        var of = total(old);
        var to = total(now);
        var same = of.equals(to);
        return new Check(
                "unchanged rows",
                same,
                "expected %,d rows to be bit-equal to those before, found %,d that are%s"
                        .formatted(of.getLong(0), to.getLong(0), same ? "" : ", or others in their place"),
                same ? List.of() : differing(old, now));
    }

    private static Dataset<Row> untouched(Dataset<Row> rows, List<String> columns, Dataset<Row> touched) {
        var rest = columns.stream()
                .filter(name -> !name.equals(OutputColumns.ID) && !name.equals(OutputColumns.TEXT_HASH))
                .toList();
        var all = new TextColumns(OutputColumns.ID, OutputColumns.TEXT_HASH, Optional.empty(), rest);
        var keys = TargetColumns.keys(columns).stream().map(TextColumns::quoted).toList();
        var selected = new ArrayList<>(keys);
        selected.add(RowKeys.check(all, rows.schema()).as(HASH));
        var ids = touched.select(functions.col(OutputColumns.ID).as(TOUCHED)).distinct();
        var id = functions.col(OutputColumns.ID);
        return rows.filter(id.isNotNull())
                .select(selected.toArray(Column[]::new))
                .join(ids, id.equalTo(functions.col(TOUCHED)), "left_anti");
    }

    private static Row total(Dataset<Row> rows) {
        return rows.agg(
                        functions.count(functions.lit(1)),
                        functions.expr("bit_xor(%s)".formatted(HASH)),
                        functions.expr("sum(%s >> 32)".formatted(HASH))) // two equal hashes cancel each other above
                .first();
    }

    private static List<String> differing(Dataset<Row> old, Dataset<Row> now) {
        return VectorScan.ids(old.exceptAll(now)
                .unionByName(now.exceptAll(old))
                .select(OutputColumns.ID)
                .distinct()
                .orderBy(OutputColumns.ID));
    }
}
