package dev.packhorse.udf.rows;

import dev.packhorse.engine.EngineSettings;
import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.options.EncodeOptions.EmptyText;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import dev.packhorse.udf.options.OptionValues;
import java.io.Serializable;

/**
 * What the tasks of a run must know; sent to them with their code.
 *
 * @param engine how to open the model
 * @param windowRows rows that a task holds, sorts and packs at a time
 * @param dedupeCacheBytes heap that an executor spends on remembering vectors of recent texts
 * @param onError what a row without a vector becomes
 * @param emptyText what a text without content becomes
 * @param idColumn the source's name for ids, for messages; empty where rows have none
 * @param textColumn the source's name for texts, for messages
 * @param longTexts what a text becomes that is longer than the model reads
 */
public record EmbedSettings(
        EngineSettings engine,
        int windowRows,
        long dedupeCacheBytes,
        OnError onError,
        EmptyText emptyText,
        String idColumn,
        String textColumn,
        LongTexts longTexts)
        implements Serializable {

    /**
     * What the options say; whoever starts the encoding asks here, so that an option takes effect for all of them.
     *
     * @param idColumn empty where rows have no ids
     */
    public static EmbedSettings of(
            OptionValues options, EngineSettings engine, String idColumn, String textColumn, LongTexts longTexts) {
        return new EmbedSettings(
                engine,
                options.get(EncodeOptions.WINDOW_ROWS),
                options.get(EncodeOptions.DEDUPE_CACHE),
                options.get(EncodeOptions.ON_ERROR),
                options.get(EncodeOptions.EMPTY_TEXT),
                idColumn,
                textColumn,
                longTexts);
    }

    /** The same, with another name for the texts' column in messages. */
    public EmbedSettings withTextColumn(String textColumn) {
        return new EmbedSettings(
                engine, windowRows, dedupeCacheBytes, onError, emptyText, idColumn, textColumn, longTexts);
    }

    /** Which text is meant, for messages. */
    String where(Object id) {
        return idColumn.isEmpty()
                ? "text in column '%s'".formatted(textColumn)
                : "text in column '%s' of the row with %s '%s'".formatted(textColumn, idColumn, id);
    }
}
