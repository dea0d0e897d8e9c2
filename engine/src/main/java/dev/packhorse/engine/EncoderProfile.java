package dev.packhorse.engine;

import dev.packhorse.engine.contract.Encoder;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.contract.EncoderInfo;
import dev.packhorse.engine.measure.Batching;
import dev.packhorse.engine.measure.Span;
import dev.packhorse.engine.model.Temporary;
import dev.packhorse.engine.onednn.NestedEncoder;
import dev.packhorse.engine.onnx.OnnxEncoder;
import java.nio.file.Path;
import java.util.List;

/**
 * What an encoder spends its time with, operator by operator, on one thread: from ONNX Runtime's own profile, or from our own
 * stopwatches. For benchmarks only.
 *
 * @param info what the encoder is
 * @param seconds of the whole run
 * @param spans of its operators
 */
public record EncoderProfile(EncoderInfo info, double seconds, List<Span> spans) {

    /**
     * Opens the encoder of these settings, runs all rows once to warm up and once for the profile, and closes it.
     *
     * @param settings of a path other than PyTorch's, and of one thread
     * @param rows N arrays of token ids
     * @throws EncoderException when there is no profile of such an encoder, or it fails
     * @throws RuntimeException what {@link Engine#open} throws
     */
    public static EncoderProfile of(EngineSettings settings, List<int[]> rows, Batching batching) {
        var folder = Temporary.folder("packhorse-profile-");
        try (var loop = open(settings, rows, batching, folder.resolve("onnxruntime"))) {
            loop.run(1);
            if (loop.encoder() instanceof NestedEncoder nested) {
                nested.record();
            }
            var seconds = loop.run(1);
            return new EncoderProfile(loop.info(), seconds, spans(loop.encoder(), loop.latencies().length));
        } finally {
            Temporary.delete(folder);
        }
    }

    private static EncoderLoop open(EngineSettings settings, List<int[]> rows, Batching batching, Path file) {
        return switch (settings.path()) {
            case FAST, AUTO, PYTORCH -> EncoderLoop.open(settings, rows, batching);
            case SLOW ->
                EncoderLoop.open(settings.model(), rows, batching, memory -> {
                    try (var tokenizer = Engine.openTokenizer(settings.model())) {
                        return OnnxEncoder.openProfiled(
                                settings.model(), Encoders.pooler(settings.model(), tokenizer), file);
                    }
                });
        };
    }

    private static List<Span> spans(Encoder encoder, int calls) {
        if (encoder instanceof NestedEncoder nested) {
            return nested.spans();
        }
        if (encoder instanceof OnnxEncoder onnx) {
            return onnx.endProfiling(calls);
        }
        throw new EncoderException("expected an encoder that profiles itself, found " + encoder.info());
    }
}
