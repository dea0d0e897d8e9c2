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

import dev.packhorse.udf.TextColumns;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.options.OptionValues;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Opens the source that the options name: files, a table or a query. */
public final class SourceReader {

    private static final String GENERATED_ID = "generated_id";
    private static final String MALFORMED = "_corrupt_record";

    /** RFC 4180: a quote is written twice, and quoted texts may hold line ends. */
    private static final Map<String, String> CSV_DEFAULTS =
            Map.of("header", "true", "multiLine", "true", "escape", "\"");

    private final SparkSession spark;
    private final OptionValues options;

    public SourceReader(SparkSession spark, OptionValues options) {
        this.spark = spark;
        this.options = options;
    }

    /** @throws OptionException when options do not fit each other; looks at no file */
    public static void check(OptionValues options) {
        var sources = Stream.of(INPUT, TABLE, QUERY)
                .filter(options::isGiven)
                .map(option -> option.flag())
                .toList();
        if (sources.size() != 1) {
            throw new OptionException("expected one of --input, --table and --query, found %s"
                    .formatted(sources.isEmpty() ? "none" : sources));
        }
        if (options.get(GENERATE_IDS) && options.isGiven(ID_COLUMN)) {
            throw new OptionException("expected --id-column or --generate-ids, found both");
        }
        if (format(options).equals("text") && options.isGiven(INPUT) && !options.get(GENERATE_IDS)) {
            throw new OptionException(
                    "--input-format text: expected --generate-ids, for lines have no ids, found none");
        }
    }

    private static String format(OptionValues options) {
        return options.get(INPUT_FORMAT).toLowerCase(Locale.ROOT);
    }

    /** Rows and the columns to read from them; nothing is read yet but what tells the schema. */
    public Source open() {
        var rows = rows();
        var id = options.get(ID_COLUMN);
        if (options.get(GENERATE_IDS)) {
            rows = rows.withColumn(GENERATED_ID, functions.monotonically_increasing_id());
            id = GENERATED_ID;
        }
        var malformed = Arrays.asList(rows.schema().fieldNames()).contains(MALFORMED)
                ? Optional.of(MALFORMED)
                : Optional.<String>empty();
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
        return switch (format(options)) {
            case "json" -> withMalformedRecords(Map.of());
            case "csv" -> withMalformedRecords(CSV_DEFAULTS);
            case "text" -> load(Map.of(), Optional.empty()).withColumnRenamed("value", options.get(TEXT_COLUMN));
            default -> load(Map.of(), schema());
        };
    }

    /** Adds the column in which Spark's readers put the records that they cannot read, which they else drop to null. */
    private Dataset<Row> withMalformedRecords(Map<String, String> defaults) {
        var schema = schema().orElseGet(() -> load(defaults, Optional.empty()).schema());
        if (!Arrays.asList(schema.fieldNames()).contains(MALFORMED)) {
            schema = schema.add(MALFORMED, DataTypes.StringType);
        }
        var named = new HashMap<>(defaults);
        named.put("columnNameOfCorruptRecord", MALFORMED);
        return load(named, Optional.of(schema));
    }

    private Optional<StructType> schema() {
        return options.find(INPUT_SCHEMA).map(StructType::fromDDL);
    }

    private Dataset<Row> load(Map<String, String> defaults, Optional<StructType> schema) {
        var merged = new HashMap<>(defaults);
        merged.putAll(options.get(INPUT_OPTION));
        var reader = spark.read().format(options.get(INPUT_FORMAT)).options(merged);
        if (schema.isPresent()) {
            reader = reader.schema(schema.get());
        }
        return reader.load(options.get(INPUT).toArray(String[]::new));
    }
}
