package dev.packhorse.jobs.source;

import static dev.packhorse.jobs.options.EmbedOptions.CARRY_COLUMNS;
import static dev.packhorse.jobs.options.EmbedOptions.GENERATE_IDS;
import static dev.packhorse.jobs.options.EmbedOptions.ID_COLUMN;
import static dev.packhorse.jobs.options.EmbedOptions.INPUT;
import static dev.packhorse.jobs.options.EmbedOptions.INPUT_FORMAT;
import static dev.packhorse.jobs.options.EmbedOptions.INPUT_OPTION;
import static dev.packhorse.jobs.options.EmbedOptions.INPUT_SCHEMA;
import static dev.packhorse.jobs.options.EmbedOptions.QUERY;
import static dev.packhorse.jobs.options.EmbedOptions.TABLE;
import static dev.packhorse.jobs.options.EmbedOptions.TEXT_COLUMN;
import static dev.packhorse.jobs.options.ReindexOptions.SOURCE;

import dev.packhorse.jobs.outcome.ExitCode;
import dev.packhorse.jobs.outcome.JobException;
import dev.packhorse.udf.options.Option;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import dev.packhorse.udf.rows.TextColumns;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Opens the source that the options name: files, a table or a query. Immutable. */
public final class SourceReader {

    private static final String GENERATED_ID = "generated_id";
    private static final String MALFORMED = "_corrupt_record";

    /** Formats whose readers keep records that they cannot read. */
    private static final Set<String> READS_MALFORMED = Set.of("json", "csv");

    /** RFC 4180: a quote is written twice, and quoted texts may hold line ends. */
    private static final Map<String, String> CSV_DEFAULTS =
            Map.of("header", "true", "multiLine", "true", "escape", "\"");

    /** Else Spark leaves out, and says nothing, what is a week older than the newest file; a file may be moved or copied. */
    private static final String NO_FILE_IS_TOO_OLD = "36500d";

    private static final Pattern TABLE_NAME = Pattern.compile("[\\w-]+(\\.[\\w-]+)*");

    private final SparkSession spark;
    private final OptionValues options;

    /** @param options as {@link #check} wants them */
    public SourceReader(SparkSession spark, OptionValues options) {
        this.spark = spark;
        this.options = options;
    }

    /**
     * Holds the options against each other; looks at no file.
     *
     * @throws OptionException when they do not fit
     */
    public static void check(OptionValues options) {
        var sources = given(options, Stream.of(INPUT, TABLE, QUERY));
        // a format without paths, such as jdbc, has a name and options
        var nameless = sources.isEmpty() && options.isGiven(INPUT_FORMAT) && options.isGiven(INPUT_OPTION);
        if (sources.size() != 1 && !nameless) {
            throw new OptionException("expected one of --input, --table and --query, found %s"
                    .formatted(sources.isEmpty() ? "none" : sources));
        }
        var reader = given(options, Stream.of(INPUT_FORMAT, INPUT_OPTION, INPUT_SCHEMA));
        if (!options.isGiven(INPUT) && !nameless && !reader.isEmpty()) {
            throw new OptionException(
                    "%s: expected with --input, found with %s".formatted(reader.get(0), sources.get(0)));
        }
        schema(options);
        if (options.get(GENERATE_IDS) && options.isGiven(ID_COLUMN)) {
            throw new OptionException("expected --id-column or --generate-ids, found both");
        }
        if (format(options).equals("text") && options.isGiven(INPUT) && !options.get(GENERATE_IDS)) {
            throw new OptionException(
                    "--input-format text: expected --generate-ids, for lines have no ids, found none");
        }
    }

    /**
     * Options with {@code --source} as the paths that embed knows as {@code --input}.
     *
     * @throws OptionException when another source is given, too
     */
    public static OptionValues asPaths(OptionValues options) {
        if (!options.isGiven(SOURCE)) {
            return options;
        }
        var others = given(options, Stream.of(INPUT, TABLE, QUERY));
        if (!others.isEmpty()) {
            throw new OptionException(
                    "expected one of --source, --input, --table and --query, found --source and %s".formatted(others));
        }
        return options.with(INPUT, options.get(SOURCE));
    }

    /**
     * The same, with {@code --source} as a table where the session knows one of that name.
     *
     * @throws OptionException as {@link #asPaths}, and when options that are for files are given with a table
     */
    public static OptionValues resolved(SparkSession spark, OptionValues options) {
        var named = options.find(SOURCE).orElse(List.of());
        if (named.size() != 1 || !isTable(spark, named.get(0))) {
            return asPaths(options);
        }
        var table = options.with(TABLE, named.get(0));
        check(table); // what is said of files would mean nothing
        return table;
    }

    private static boolean isTable(SparkSession spark, String name) {
        try {
            return TABLE_NAME.matcher(name).matches() && spark.catalog().tableExists(name);
        } catch (Exception e) { // as Scala throws them, for what is no name of a table
            return false;
        }
    }

    private static List<String> given(OptionValues options, Stream<Option<?>> of) {
        return of.filter(options::isGiven).map(Option::flag).toList();
    }

    private static String format(OptionValues options) {
        return options.get(INPUT_FORMAT).toLowerCase(Locale.ROOT);
    }

    /**
     * Rows and the columns to read from them; nothing is read yet but what tells the schema. What Spark throws for files,
     * tables and queries that are not there comes through as it is.
     *
     * @throws OptionException when a column is missing, of another type, or named like one of the result
     */
    public Source open() {
        return source(rows());
    }

    /**
     * The same for jobs that end with an exit code of their own where the source cannot be read.
     *
     * @throws OptionException as {@link #open} does
     * @throws JobException when there is no such file or table, or a query fails
     */
    public Source openOrExplain() {
        try {
            return open();
        } catch (OptionException e) {
            throw e;
        } catch (Exception e) { // Spark's AnalysisException, which Scala does not declare
            throw unreadable(e);
        }
    }

    /** What a job ends with that could not read its source. */
    public static JobException unreadable(Exception cause) {
        var root = Stream.<Throwable>iterate(cause, one -> one != null, Throwable::getCause)
                .reduce((first, last) -> last)
                .orElse(cause);
        return new JobException(
                ExitCode.SOURCE_UNREADABLE,
                "expected a source that can be read, found: "
                        + String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString()),
                cause);
    }

    /**
     * The same with rows that a stream of files brings, now and later; for one {@code --input}.
     *
     * @throws OptionException as {@link #open} does
     */
    public Source openStream() {
        var reading = reading();
        var schema = reading.schema().orElseGet(() -> load(reading).schema());
        return source(spark.readStream()
                .format(options.get(INPUT_FORMAT))
                .option("maxFileAge", NO_FILE_IS_TOO_OLD)
                .options(reading.options())
                .schema(schema)
                .load(options.get(INPUT).get(0)));
    }

    private Source source(Dataset<Row> rows) {
        var id = options.get(ID_COLUMN);
        if (options.get(GENERATE_IDS)) {
            id = GENERATED_ID;
            if (Arrays.asList(rows.schema().fieldNames()).contains(id)) {
                throw new OptionException(
                        "--generate-ids: expected a source without a column %s, found one; is it the --id-column?"
                                .formatted(id));
            }
            rows = rows.withColumn(id, functions.monotonically_increasing_id());
        }
        var malformed = options.isGiven(TABLE) || options.isGiven(QUERY) || !READS_MALFORMED.contains(format(options))
                ? Optional.<String>empty()
                : Optional.of(MALFORMED);
        var columns = new TextColumns(id, options.get(TEXT_COLUMN), malformed, options.get(CARRY_COLUMNS));
        columns.check(rows.schema());
        return new Source(rows, columns);
    }

    private Dataset<Row> rows() {
        if (options.isGiven(TABLE)) {
            return spark.table(options.get(TABLE));
        }
        if (options.isGiven(QUERY)) {
            return spark.sql(options.get(QUERY));
        }
        var rows = load(reading());
        return format(options).equals("text") ? rows.withColumnRenamed("value", options.get(TEXT_COLUMN)) : rows;
    }

    /** What Spark's reader is told. */
    private record Reading(Map<String, String> options, Optional<StructType> schema) {}

    private Reading reading() {
        return switch (format(options)) {
            case "json" -> withMalformedRecords(Map.of());
            case "csv" -> withMalformedRecords(CSV_DEFAULTS);
            case "text" -> new Reading(merged(Map.of()), Optional.empty());
            default -> new Reading(merged(Map.of()), schema(options));
        };
    }

    /** Adds the column in which Spark's readers put the records that they cannot read, which they else drop to null. */
    private Reading withMalformedRecords(Map<String, String> defaults) {
        var schema = schema(options).orElseGet(() -> load(new Reading(merged(defaults), Optional.empty()))
                .schema());
        if (!Arrays.asList(schema.fieldNames()).contains(MALFORMED)) {
            schema = schema.add(MALFORMED, DataTypes.StringType);
        }
        var named = new HashMap<>(defaults);
        named.put("columnNameOfCorruptRecord", MALFORMED);
        return new Reading(merged(named), Optional.of(schema));
    }

    private Map<String, String> merged(Map<String, String> defaults) {
        var merged = new HashMap<>(defaults);
        merged.putAll(options.get(INPUT_OPTION));
        return merged;
    }

    private static Optional<StructType> schema(OptionValues options) {
        return options.find(INPUT_SCHEMA).map(ddl -> {
            try {
                return StructType.fromDDL(ddl);
            } catch (Exception e) { // Spark's ParseException, which Scala does not declare
                throw new OptionException("%s: expected columns such as 'id BIGINT, text STRING', found '%s'"
                        .formatted(INPUT_SCHEMA.flag(), ddl));
            }
        });
    }

    private Dataset<Row> load(Reading reading) {
        var reader = spark.read().format(options.get(INPUT_FORMAT)).options(reading.options());
        if (reading.schema().isPresent()) {
            reader = reader.schema(reading.schema().get());
        }
        return options.isGiven(INPUT) ? reader.load(options.get(INPUT).toArray(String[]::new)) : reader.load();
    }
}
