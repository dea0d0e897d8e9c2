package dev.packhorse.jobs.embed;

import dev.packhorse.engine.output.OutputPrecision;
import dev.packhorse.jobs.output.FileSizes;
import dev.packhorse.jobs.output.FloatEncoding;
import dev.packhorse.jobs.output.OutputFolder;
import dev.packhorse.jobs.output.OutputMode;
import dev.packhorse.jobs.output.RangesJson;
import dev.packhorse.jobs.output.WrittenFiles;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Parquet files of the wanted size in the output's folder. What they hold is what a run has written: they are counted, and the
 * manifest beside them says that their rows are there.
 */
final class ParquetSink implements Sink {

    private final OutputFolder folder;
    private final String runId;
    private final OutputMode mode;
    private final Form form;
    private final Map<String, String> footer;
    private WrittenFiles written = WrittenFiles.NONE;

    /**
     * What files are like.
     *
     * @param dimension D
     */
    record Form(OutputPrecision precision, FloatEncoding encoding, long targetFileSize, int dimension) {

        private FileSizes sizes() {
            return new FileSizes(
                    targetFileSize, (double) OutputPrecision.FLOAT32.bytes(dimension) / precision.bytes(dimension));
        }
    }

    /** @param footer goes into every file's footer */
    ParquetSink(OutputFolder folder, String runId, OutputMode mode, Form form, Map<String, String> footer) {
        this.folder = folder;
        this.runId = runId;
        this.mode = mode;
        this.form = form;
        this.footer = footer;
    }

    @Override
    public void write(FinishedRows rows) {
        var entries = new LinkedHashMap<>(footer);
        rows.ranges().ifPresent(found -> entries.put(RangesJson.ENTRY, RangesJson.text(found)));
        written = folder.write(
                rows.rows(), runId, entries, form.encoding(), rows.schema(), form.sizes(), form.dimension());
    }

    /** What the files hold, counted anew from them; nothing before they are written. */
    WrittenFiles written() {
        return written;
    }

    @Override
    public void publish() {
        folder.deleteReplaced(mode);
    }

    @Override
    public void discard() {
        folder.discard(runId);
    }
}
