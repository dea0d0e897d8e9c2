package dev.packhorse.jobs.reindex;

import dev.packhorse.engine.model.Sha256;
import dev.packhorse.jobs.shuffle.RowKeys;
import dev.packhorse.jobs.source.Source;
import dev.packhorse.jobs.targets.TargetColumns;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * What a source has that a target has not, and the other way round, by ids and hashes of texts. The source is read once, and
 * what is needed of it later is put down: so what is counted, embedded and audited is the same, whatever becomes of the
 * source meanwhile.
 *
 * @param rows of the source that are not as the target has them, and the ids of those that are gone; from files
 * @param counts rows of each kind
 * @param withoutId a hash over the rows of the source that have no id
 */
record Diff(Dataset<Row> rows, Map<Kind, Long> counts, String withoutId) {

    /** Which kind a row is. */
    static final String KIND = "__packhorse_kind";
    /** The source's text; of unchanged rows those of one in {@link #SAMPLED} have theirs, for the audit. */
    static final String TEXT = "__packhorse_text";
    /** The source's record where it is malformed. */
    static final String MALFORMED = "__packhorse_malformed";

    private static final String CHECK = "__packhorse_same";
    private static final String OLD = "__packhorse_old_";
    private static final long SAMPLED = 200;

    /** What a row is. */
    enum Kind {
        /** Its id is not in the target. */
        NEW,
        /** Its text is another one. */
        CHANGED,
        /** Its text is the same, and a column that is carried along is not. */
        CARRIED,
        /** The target has it so. */
        UNCHANGED,
        /** The source no longer has its id. */
        REMOVED,
        /** It has no id, and so an error for ever. */
        WITHOUT_ID;

        /** Whether the source has it. */
        boolean isInSource() {
            return this != REMOVED;
        }
    }

    /**
     * Compares, and puts the result down in files; runs some Spark jobs.
     *
     * @param target rows; empty where there are none, or where all is to be embedded again and nothing kept
     * @param retryErrors whether rows of the target that have an error count as changed
     * @param allTexts whether the texts of unchanged rows are wanted, too
     * @param folder gets the files
     */
    static Diff of(Source source, Optional<Dataset<Row>> target, boolean retryErrors, boolean allTexts, String folder) {
        var columns = source.columns();
        var read = sourceRows(source);
        var compared = target.map(rows -> compare(read, rows, columns, retryErrors, allTexts))
                .orElseGet(() -> read.withColumn(KIND, kind(Kind.NEW)));
        var withoutId = functions.col(OutputColumns.ID).isNull();
        var kinds = functions.when(withoutId, kind(Kind.WITHOUT_ID)).otherwise(functions.col(KIND));
        compared.withColumn(KIND, kinds)
                .drop(CHECK)
                .write()
                .mode("overwrite")
                .partitionBy(KIND)
                .option("partitionOverwriteMode", "static") // what a run left that died goes, too
                .option("compression", "zstd")
                .parquet(folder);
        var spark = read.sparkSession();
        var schema = compared.drop(CHECK).schema();
        var rows = spark.read().schema(schema).parquet(folder);
        return counted(rows, columns);
    }

    /** The columns of a source as those of targets are called, the text and what is malformed beside them. */
    private static Dataset<Row> sourceRows(Source source) {
        var columns = source.columns();
        var malformed = columns.malformed()
                .map(TextColumns::quoted)
                .orElse(functions.lit(null).cast(DataTypes.StringType));
        // as the tokenizer's side hashes: a text that is no UTF-8 becomes another one there
        var hash = functions.udf(
                (UDF1<String, String>) text -> text == null ? null : Sha256.hex(text), DataTypes.StringType);
        var selected = new ArrayList<Column>();
        selected.add(TextColumns.quoted(columns.id()).as(OutputColumns.ID));
        selected.add(TextColumns.quoted(columns.text()).as(TEXT));
        selected.add(malformed.as(MALFORMED));
        selected.add(functions
                .when(malformed.isNull(), hash.apply(TextColumns.quoted(columns.text())))
                .as(OutputColumns.TEXT_HASH));
        columns.carried().forEach(name -> selected.add(TextColumns.quoted(name)));
        return source.rows().select(selected.toArray(Column[]::new));
    }

    private static Dataset<Row> compare(
            Dataset<Row> read, Dataset<Row> target, TextColumns columns, boolean retryErrors, boolean allTexts) {
        var compared = new TextColumns(OutputColumns.ID, OutputColumns.TEXT_HASH, Optional.empty(), columns.carried());
        var first = target.filter(TargetColumns.isFirst(List.of(target.columns())));
        var idType = read.schema().apply(OutputColumns.ID).dataType();
        var same = RowKeys.check(compared, read.schema());
        var old = first.filter(functions.col(OutputColumns.ID).isNotNull())
                .select(
                        functions.col(OutputColumns.ID).cast(idType).as(OLD + OutputColumns.ID),
                        functions.col(OutputColumns.TEXT_HASH).as(OLD + OutputColumns.TEXT_HASH),
                        functions.col(OutputColumns.ERROR).isNotNull().as(OLD + OutputColumns.ERROR),
                        same.as(OLD + CHECK));
        var id = functions.col(OutputColumns.ID);
        var oldId = functions.col(OLD + OutputColumns.ID);
        var again = functions.lit(retryErrors).and(functions.col(OLD + OutputColumns.ERROR));
        var joined = read.withColumn(CHECK, same).join(old, id.equalTo(oldId), "full_outer");
        var hashes = functions.col(OutputColumns.TEXT_HASH).eqNullSafe(functions.col(OLD + OutputColumns.TEXT_HASH));
        var inSource = functions.col(CHECK).isNotNull(); // it is so of each row there, whatever its id
        var kind = functions
                .when(inSource.and(oldId.isNull()), kind(Kind.NEW))
                .when(inSource.equalTo(false), kind(Kind.REMOVED))
                .when(again, kind(Kind.CHANGED))
                .when(functions.col(CHECK).equalTo(functions.col(OLD + CHECK)), kind(Kind.UNCHANGED))
                .when(hashes, kind(Kind.CARRIED))
                .otherwise(kind(Kind.CHANGED));
        var unchanged = functions.col(KIND).equalTo(kind(Kind.UNCHANGED));
        var left = functions
                .lit(!allTexts)
                .and(functions
                        .pmod(functions.xxhash64(id), functions.lit(SAMPLED))
                        .notEqual(0L));
        return joined.withColumn(KIND, kind)
                .withColumn(OutputColumns.ID, functions.coalesce(id, oldId))
                .withColumn(TEXT, functions.when(unchanged.and(left).equalTo(false), functions.col(TEXT)))
                .drop(OLD + OutputColumns.ID, OLD + OutputColumns.TEXT_HASH, OLD + OutputColumns.ERROR, OLD + CHECK);
    }

    private static Column kind(Kind kind) {
        return functions.lit(kind.name());
    }

    /** With what is told about rows without an id: a sum over them, whatever their order. */
    private static Diff counted(Dataset<Row> rows, TextColumns columns) {
        var told = new TextColumns(OutputColumns.ID, TEXT, Optional.of(MALFORMED), columns.carried());
        var without = functions.col(KIND).equalTo(kind(Kind.WITHOUT_ID));
        var check = functions.when(without, RowKeys.check(told, rows.schema()).cast("decimal(38,0)"));
        var counts = new EnumMap<Kind, Long>(Kind.class);
        for (var kind : Kind.values()) {
            counts.put(kind, 0L);
        }
        var sum = "none";
        for (var row : rows.groupBy(KIND)
                .agg(functions.count(functions.lit(1)), functions.sum(check))
                .collectAsList()) {
            var kind = Kind.valueOf(row.getString(0));
            counts.put(kind, row.getLong(1));
            sum = kind == Kind.WITHOUT_ID ? "%d rows, %s".formatted(row.getLong(1), row.get(2)) : sum;
        }
        return new Diff(rows, counts, sum);
    }

    /** Rows of some kinds. */
    Dataset<Row> of(Kind... kinds) {
        Object[] names = Arrays.stream(kinds).map(Kind::name).toArray();
        return rows.filter(functions.col(KIND).isin(names));
    }

    /** Rows of the source. */
    long sourceRows() {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().isInSource())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Rows that the target had, those without an id left out. */
    long rowsBefore() {
        return count(Kind.CHANGED) + count(Kind.CARRIED) + count(Kind.UNCHANGED) + count(Kind.REMOVED);
    }

    long count(Kind kind) {
        return counts.get(kind);
    }

    /** Some ids that the source has more than once. */
    List<String> repeatedIds(int most) {
        return rows
                .filter(functions.col(KIND).notEqual(kind(Kind.WITHOUT_ID)))
                .groupBy(OutputColumns.ID)
                .count()
                .filter("count > 1")
                .select(functions
                        .col(OutputColumns.ID)
                        .cast(DataTypes.StringType)
                        .as("repeated"))
                .orderBy("repeated")
                .limit(most)
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }
}
