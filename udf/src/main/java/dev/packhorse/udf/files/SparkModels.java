package dev.packhorse.udf.files;

import dev.packhorse.engine.model.Folder;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelOptions;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.OptionValues;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/** Finds the model that options ask for, wherever Spark can read. Thread-safe. */
public final class SparkModels {

    /** Of two letters at least, for C:\ is a path. A path without a scheme is this machine's, whatever fs.defaultFS says. */
    private static final Pattern SCHEME = Pattern.compile("(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/.*");

    private SparkModels() {}

    /**
     * Finds a model, reads what its files say, and leaves out those that the options' path does not take.
     *
     * @param spark the settings that Spark has or will have
     * @throws RuntimeException (OptionException or ModelException) saying what does not fit
     */
    public static Model find(OptionValues options, SparkConf spark) {
        var model = Models.find(options.get(EncodeOptions.MODEL), asked(options), path -> folder(path, spark));
        return options.get(EncodeOptions.PATH).of(model);
    }

    private static Folder folder(String path, SparkConf spark) {
        return SCHEME.matcher(path).matches() ? HadoopFolder.of(path, HadoopSettings.of(spark)) : Models.local(path);
    }

    private static ModelOptions asked(OptionValues options) {
        return new ModelOptions(
                options.find(EncodeOptions.REVISION),
                options.find(EncodeOptions.POOLING).orElse(List.of()),
                options.find(EncodeOptions.NORMALIZE),
                options.find(EncodeOptions.PROMPT),
                options.find(EncodeOptions.PROMPT_NAME),
                options.find(EncodeOptions.MAX_SEQ_LENGTH),
                options.find(EncodeOptions.TRUNCATE_DIM),
                options.find(EncodeOptions.ONNX_OUTPUT));
    }
}
