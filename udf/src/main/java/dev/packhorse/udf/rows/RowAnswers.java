package dev.packhorse.udf.rows;

import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.output.WeightedMean;
import dev.packhorse.engine.tokenize.TokenizedText;
import dev.packhorse.udf.metrics.Count;
import dev.packhorse.udf.metrics.Counts;
import dev.packhorse.udf.options.EncodeOptions.OnError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Makes a row's answer of what the encoder said to its pieces, and counts it. */
record RowAnswers(EmbedSettings settings, Counts counts) {

    /**
     * A row's answer.
     *
     * @param pieces what the encoder said to each of the row's pieces
     * @throws EmbedException for a row without a vector, where such a row is to end the job
     */
    Answer of(TokenizedRow row, IntFunction<Embedded> pieces) {
        if (row.error().isPresent()) {
            return failed(row, row.error().get());
        }
        var vectors = new ArrayList<float[]>();
        for (var piece = 0; piece < row.pieces().size(); piece++) {
            if (pieces.apply(piece) instanceof Embedded.Vector vector) {
                vectors.add(vector.values());
                continue;
            }
            var reason = ((Embedded.Failed) pieces.apply(piece)).reason();
            return failed(
                    row,
                    new RowError(Count.ERROR_ENCODER, settings.where(row.id()) + " could not be encoded: " + reason));
        }
        counts.add(Count.VECTORS, 1);
        var vector = vectors.size() == 1 ? vectors.get(0) : mean(row, vectors);
        return new Answer(row, Optional.of(vector), Optional.empty());
    }

    private float[] mean(TokenizedRow row, List<float[]> vectors) {
        var weights = row.pieces().stream().mapToInt(TokenizedText::length).toArray();
        return WeightedMean.of(
                vectors, weights, settings.engine().model().head().normalizes());
    }

    private Answer failed(TokenizedRow row, RowError error) {
        if (settings.onError() == OnError.FAIL) {
            throw new EmbedException(error.message());
        }
        counts.add(error.kind(), 1);
        return new Answer(row, Optional.empty(), Optional.of(error.message()));
    }
}
