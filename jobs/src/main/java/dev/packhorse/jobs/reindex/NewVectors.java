package dev.packhorse.jobs.reindex;

import dev.packhorse.jobs.embed.HeldTexts;
import dev.packhorse.jobs.output.Staging;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.jobs.targets.TargetColumns;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.RunReport;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * The rows that a target gets, with a vector or an error each: of a text that the target has already, under whatever id, its
 * vector as it is; of what a run embedded that died, the same; and only the rest is embedded.
 *
 * @param rows in the columns of the result, from files
 * @param moved how many took a vector that the target has
 * @param takenOver how many an earlier run had embedded that died
 * @param work of embedding the rest
 */
record NewVectors(Dataset<Row> rows, long moved, long takenOver, HeldTexts.Work work) {

    private static final HeldTexts.Work NO_WORK = new HeldTexts.Work(new RunReport(Map.of(), Map.of()), 0);

    /** Texts that were encoded. */
    long encoded() {
        return work.report().total().get(Count.ENCODED_ROWS);
    }

    /** Their tokens. */
    long tokens() {
        return work.report().total().get(Count.TOKENS);
    }

    /**
     * Finds rows their vectors; one time each.
     *
     * @param carried columns that are carried along
     * @param texts embeds
     * @param staging holds what is embedded, and what an earlier run had that died
     */
    record Finder(List<String> carried, HeldTexts texts, Staging staging) {

        private static final String FROM = "__packhorse_from";
        private static final String KNOWN = "__packhorse_known";
        private static final String WHOLE = "__packhorse_whole";

        /**
         * Finds what is there and embeds the rest.
         *
         * @param wanted in the columns of {@link Diff}, read from files
         * @param known rows of the target whose vectors may be taken; empty where they are of another model
         * @param resumed whether an earlier run left something
         */
        NewVectors of(Dataset<Row> wanted, Optional<Dataset<Row>> known, boolean resumed) {
            var rest = wanted;
            var parts = new ArrayList<Dataset<Row>>();
            var moved = 0L;
            var takenOver = 0L;
            if (known.isPresent()) {
                var places = places(wanted, known.get());
                moved = places.count();
                if (moved > 0) {
                    parts.add(moved(places, known.get()));
                    rest = put("rest", rest.join(places, keyOf(rest, places), "left_anti"));
                }
            }
            if (resumed) {
                var kept = kept(rest);
                takenOver = kept.select(OutputColumns.ID).distinct().count();
                if (takenOver > 0) {
                    parts.add(HeldTexts.result(kept));
                    rest = put("todo", withoutHeld(rest, kept));
                }
            }
            var work = NO_WORK;
            if (!rest.isEmpty()) {
                var source = source(rest);
                work = texts.hold(source, staging);
                parts.add(HeldTexts.result(staging.held(texts.heldSchema(source))));
            }
            var rows = parts.stream().reduce(Dataset::unionByName).orElseGet(() -> none(wanted));
            return new NewVectors(rows, moved, takenOver, work);
        }

        private Source source(Dataset<Row> rows) {
            return new Source(rows, new TextColumns(OutputColumns.ID, Diff.TEXT, Optional.of(Diff.MALFORMED), carried));
        }

        private List<String> result(Dataset<Row> rows) {
            return List.of(texts.resultSchema(source(rows)).fieldNames());
        }

        private Dataset<Row> none(Dataset<Row> wanted) {
            var schema = texts.resultSchema(source(wanted));
            return wanted.sparkSession().createDataFrame(List.<Row>of(), schema);
        }

        /** Puts rows down, so that they are computed once. */
        private Dataset<Row> put(String name, Dataset<Row> rows) {
            var folder = staging.beside(name);
            rows.write().mode("overwrite").option("compression", "zstd").parquet(folder);
            return rows.sparkSession().read().schema(rows.schema()).parquet(folder);
        }

        /** Rows whose text the target has, with the id that has it there. */
        private Dataset<Row> places(Dataset<Row> wanted, Dataset<Row> known) {
            var hash = functions.col(OutputColumns.TEXT_HASH);
            // a row without an id has an error, whatever its text
            var withId = wanted.filter(functions.col(OutputColumns.ID).isNotNull());
            var asked = withId.filter(hash.isNotNull()).select(hash).distinct();
            var whole = known.join(asked, OutputColumns.TEXT_HASH, "left_semi")
                    .groupBy(OutputColumns.TEXT_HASH, OutputColumns.ID)
                    .agg(functions
                            .count(OutputColumns.ERROR)
                            .equalTo(0)
                            .as(WHOLE)) // of all chunks, where they are rows
                    .filter(functions.col(WHOLE))
                    .groupBy(OutputColumns.TEXT_HASH)
                    .agg(functions.min(OutputColumns.ID).as(FROM));
            var columns = new ArrayList<>(List.of(OutputColumns.ID, OutputColumns.TEXT_HASH, FROM));
            columns.addAll(carried);
            return put("known", TargetColumns.in(withId.join(whole, OutputColumns.TEXT_HASH, "inner"), columns));
        }

        private static Column keyOf(Dataset<Row> rows, Dataset<Row> places) {
            return rows.col(OutputColumns.ID).equalTo(places.col(OutputColumns.ID));
        }

        private Dataset<Row> moved(Dataset<Row> places, Dataset<Row> known) {
            var result = result(
                    places.withColumn(Diff.TEXT, functions.lit("")).withColumn(Diff.MALFORMED, functions.lit("")));
            var vectors = known.withColumnRenamed(OutputColumns.ID, KNOWN);
            var columns = result.stream()
                    .map(name -> carried.contains(name) || name.equals(OutputColumns.ID)
                            ? places.col("`" + name + "`")
                            : vectors.col("`" + name + "`"))
                    .toArray(Column[]::new);
            return vectors.join(places, vectors.col(KNOWN).equalTo(places.col(FROM)))
                    .select(columns);
        }

        /** What the staging folder has of rows as they are now. */
        private Dataset<Row> kept(Dataset<Row> rest) {
            var checked = texts.checked(source(rest)).select(OutputColumns.ID, HeldTexts.CHECK);
            var kept = staging.kept(texts.heldSchema(source(rest)));
            return kept.join(checked, same(kept, checked), "left_semi");
        }

        private Dataset<Row> withoutHeld(Dataset<Row> rest, Dataset<Row> kept) {
            var checked = texts.checked(source(rest));
            var held = kept.select(OutputColumns.ID, HeldTexts.CHECK);
            return checked.join(held, same(checked, held), "left_anti").drop(HeldTexts.CHECK);
        }

        private static Column same(Dataset<Row> a, Dataset<Row> b) {
            return a.col(OutputColumns.ID)
                    .equalTo(b.col(OutputColumns.ID))
                    .and(a.col(HeldTexts.CHECK).equalTo(b.col(HeldTexts.CHECK)));
        }
    }
}
