package dev.packhorse.jobs.export;

import dev.packhorse.jobs.export.ExportSource.State;
import dev.packhorse.jobs.targets.Target;
import dev.packhorse.stores.contract.CarriedColumn;
import dev.packhorse.stores.contract.VectorTable;
import dev.packhorse.udf.options.OptionException;
import dev.packhorse.udf.rows.OutputColumns;
import dev.packhorse.udf.rows.TextColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * From the columns that embed and reindex write to those of {@link VectorTable}.
 *
 * @param carried what becomes columns, in order
 * @param packed names of columns of other types, which become entries of {@code metadata}
 * @param ownMetadata whether the source brings a column {@code metadata}, which is taken as it is
 * @param chunks whether a row is a chunk of a text, so that {@code id#chunk} is its id
 * @param hashes whether the source has hashes of its texts
 */
record ExportColumns(
        List<CarriedColumn> carried, List<String> packed, boolean ownMetadata, boolean chunks, boolean hashes)
        implements Serializable {

    /** Which text a chunk is of, where rows are chunks. */
    static final String TEXT_ID = "text_id";

    /** Of times: the same text whatever zone a session has. */
    private static final Map<String, String> IN_UTC = Map.of("timeZone", "UTC");

    /** What tells of the work and not of the text. */
    private static final Set<String> LEFT_OUT = Set.of(
            OutputColumns.ID,
            OutputColumns.EMBEDDING,
            OutputColumns.TOKENS,
            OutputColumns.TRUNCATED,
            OutputColumns.TEXT_HASH,
            OutputColumns.ERROR,
            Target.WRITTEN_AT);

    /**
     * Looks at a schema.
     *
     * @param wanted columns to carry along; empty for all
     * @throws OptionException when there is no id or no vector, or a column that is carried along has a name of {@link VectorTable}'s
     */
    static ExportColumns of(String from, StructType schema, List<String> wanted) {
        var names = Arrays.asList(schema.fieldNames());
        for (var needed : List.of(OutputColumns.ID, OutputColumns.EMBEDDING)) {
            if (!names.contains(needed)) {
                throw new OptionException("--from %s: expected a column %s, found %s".formatted(from, needed, names));
            }
        }
        checkVector(from, schema.apply(OutputColumns.EMBEDDING).dataType());
        var chunks = names.contains(OutputColumns.CHUNK);
        var carried = new ArrayList<CarriedColumn>();
        var packed = new ArrayList<String>();
        var ownMetadata = false;
        for (var name : wanted.isEmpty() ? names : check(from, names, wanted)) {
            if (LEFT_OUT.contains(name)) {
                continue;
            }
            var type = schema.apply(name).dataType();
            if (name.equals(VectorTable.METADATA) && type.equals(DataTypes.StringType)) {
                ownMetadata = true;
                continue;
            }
            if (VectorTable.RESERVED.stream().anyMatch(name::equalsIgnoreCase)
                    || (chunks && name.equalsIgnoreCase(TEXT_ID))) {
                throw new OptionException(
                        "--from %s: expected columns to carry along with names of their own, found %s; leave it out by --carry-columns"
                                .formatted(from, name));
            }
            columnType(type)
                    .ifPresentOrElse(known -> carried.add(new CarriedColumn(name, known)), () -> packed.add(name));
        }
        if (ownMetadata && !packed.isEmpty()) {
            throw new OptionException(
                    "--from %s: expected a column metadata, or columns of types that become one (%s), found both; leave one out by --carry-columns"
                            .formatted(from, packed));
        }
        if (chunks) {
            carried.add(0, new CarriedColumn(TEXT_ID, CarriedColumn.Type.UTF8));
        }
        return new ExportColumns(carried, packed, ownMetadata, chunks, names.contains(OutputColumns.TEXT_HASH));
    }

    private static List<String> check(String from, List<String> names, List<String> wanted) {
        for (var name : wanted) {
            if (!names.contains(name)) {
                throw new OptionException(
                        "--carry-columns %s: expected a column of %s, found %s".formatted(name, from, names));
            }
        }
        return wanted;
    }

    private static void checkVector(String from, DataType type) {
        if (!(type instanceof ArrayType array && array.elementType().equals(DataTypes.FloatType))) {
            throw new OptionException(
                    "--from %s: expected vectors of float32 in the column %s, found %s; embed with --output-precision float32"
                            .formatted(from, OutputColumns.EMBEDDING, type.simpleString()));
        }
    }

    private static Optional<CarriedColumn.Type> columnType(DataType type) {
        if (type.equals(DataTypes.StringType)) {
            return Optional.of(CarriedColumn.Type.UTF8);
        }
        if (Stream.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType)
                .anyMatch(type::equals)) {
            return Optional.of(CarriedColumn.Type.INT64);
        }
        if (type.equals(DataTypes.FloatType) || type.equals(DataTypes.DoubleType)) {
            return Optional.of(CarriedColumn.Type.DOUBLE);
        }
        return type.equals(DataTypes.BooleanType) ? Optional.of(CarriedColumn.Type.BOOL) : Optional.empty();
    }

    private static DataType sparkType(CarriedColumn.Type type) {
        return switch (type) {
            case UTF8 -> DataTypes.StringType;
            case INT64 -> DataTypes.LongType;
            case DOUBLE -> DataTypes.DoubleType;
            case BOOL -> DataTypes.BooleanType;
        };
    }

    /** Rows that have a vector, with the columns of {@link VectorTable#schema} in order. */
    Dataset<Row> rows(State state) {
        var columns = new ArrayList<Column>();
        columns.add(id().as(VectorTable.ID));
        columns.add(functions.col(OutputColumns.EMBEDDING).as(VectorTable.VECTOR));
        columns.add(contentHash(state).as(VectorTable.CONTENT_HASH));
        columns.add(functions.lit(state.model()).as(VectorTable.MODEL_ID));
        columns.add(functions.lit(state.fingerprint()).as(VectorTable.MODEL_VERSION));
        columns.add(functions.col(Target.WRITTEN_AT).as(VectorTable.EMBEDDED_AT));
        carried.forEach(column -> columns.add(value(column).as(column.name())));
        columns.add(metadata().as(VectorTable.METADATA));
        return withVectors(state.rows()).select(columns.toArray(Column[]::new));
    }

    /** Id and content hash alone, of rows that have a vector: vectors are not read. */
    Dataset<Row> keys(State state) {
        return withVectors(state.rows())
                .select(id().as(VectorTable.ID), contentHash(state).as(VectorTable.CONTENT_HASH));
    }

    /** The same of an older state; empty where it lacks a column. */
    Optional<Dataset<Row>> olderKeys(State state) {
        var there = Arrays.asList(state.rows().columns());
        var needed = Stream.of(
                        carried.stream().map(CarriedColumn::name).filter(name -> !(chunks && name.equals(TEXT_ID))),
                        packed.stream(),
                        Stream.of(VectorTable.METADATA).filter(name -> ownMetadata),
                        Stream.of(OutputColumns.CHUNK).filter(name -> chunks),
                        Stream.of(OutputColumns.TEXT_HASH).filter(name -> hashes))
                .flatMap(names -> names)
                .toList();
        return there.containsAll(needed) ? Optional.of(keys(state)) : Optional.empty();
    }

    private static Dataset<Row> withVectors(Dataset<Row> rows) {
        // what has an error has no vector; errors are narrow columns and vectors wide ones
        var errors = Arrays.asList(rows.columns()).contains(OutputColumns.ERROR);
        var whole = functions.col(errors ? OutputColumns.ERROR : OutputColumns.EMBEDDING);
        return rows.filter((errors ? whole.isNull() : whole.isNotNull())
                .and(functions.col(OutputColumns.ID).isNotNull()));
    }

    private Column id() {
        var id = functions.col(OutputColumns.ID).cast(DataTypes.StringType);
        return chunks ? functions.concat(id, functions.lit("#"), functions.col(OutputColumns.CHUNK)) : id;
    }

    private Column value(CarriedColumn column) {
        return chunks && column.name().equals(TEXT_ID)
                ? functions.col(OutputColumns.ID).cast(DataTypes.StringType)
                : TextColumns.quoted(column.name()).cast(sparkType(column.type()));
    }

    private Column metadata() {
        if (ownMetadata) {
            return functions.coalesce(functions.col(VectorTable.METADATA), functions.lit("{}"));
        }
        return packed.isEmpty()
                ? functions.lit("{}")
                : functions.to_json(functions.struct(
                        packed.stream().map(TextColumns::quoted).toArray(Column[]::new)));
    }

    /** Of all that a row has but when it was made: rows with the same hash need not be sent again. */
    private Column contentHash(State state) {
        // a text says what its vector is where it is known which model made it
        var text = hashes && !state.fingerprint().isEmpty()
                ? functions.col(OutputColumns.TEXT_HASH)
                : functions.hex(functions.xxhash64(functions.col(OutputColumns.EMBEDDING)));
        var values =
                carried.stream().map(column -> value(column).as(column.name())).collect(Collectors.toList());
        values.add(metadata().as(VectorTable.METADATA));
        var all = functions.concat_ws(
                " ",
                functions.lit(state.model()),
                functions.lit(state.fingerprint()),
                text,
                functions.to_json(functions.struct(values.toArray(Column[]::new)), IN_UTC));
        return functions.sha2(all.cast(DataTypes.BinaryType), 256);
    }
}
