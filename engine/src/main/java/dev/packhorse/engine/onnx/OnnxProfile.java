package dev.packhorse.engine.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.measure.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A profile as ONNX Runtime writes it (onnxruntime.ai/docs/performance/tune-performance/profiling-tools.html): events of the
 * Trace Event Format, {@code model_run} around each run, {@code NAME_kernel_time} of each node with its operator in {@code
 * args.op_name}.
 */
final class OnnxProfile {

    private static final String RUN = "model_run";
    private static final String KERNEL = "_kernel_time";

    private OnnxProfile() {}

    /**
     * The spans of the last runs.
     *
     * @param runs how many of them; those before warm up, or find out what the graph gives
     * @throws EncoderException when the file is not such a profile, or tells of fewer runs
     */
    static List<Span> ofLastRuns(Path file, int runs) {
        var spans = spans(file);
        var starts = spans.stream()
                .filter(span -> span.operator().equals(RUN))
                .map(Span::startMicros)
                .sorted(Comparator.reverseOrder())
                .toList();
        if (starts.size() < runs) {
            throw new EncoderException(
                    "%s: expected a profile of %d runs, found %d".formatted(file, runs, starts.size()));
        }
        return runs == 0
                ? List.of()
                : spans.stream()
                        .filter(span -> span.startMicros() >= starts.get(runs - 1))
                        .toList();
    }

    private static List<Span> spans(Path file) {
        try {
            var spans = new ArrayList<Span>();
            for (var event : new ObjectMapper().readTree(file.toFile())) {
                var name = event.path("name").asText();
                if (name.equals(RUN)) {
                    spans.add(span(event, RUN, ""));
                } else if (name.endsWith(KERNEL)) {
                    var node = name.substring(0, name.length() - KERNEL.length());
                    spans.add(span(event, event.path("args").path("op_name").asText(), node));
                }
            }
            return spans;
        } catch (IOException e) {
            throw new EncoderException(file + ": expected a profile of ONNX Runtime's, found " + e.getMessage(), e);
        }
    }

    /** The caller's thread runs the nodes, whatever helps it: what is in a run is its own. */
    private static Span span(JsonNode event, String operator, String node) {
        return new Span(
                operator,
                node,
                0,
                event.path("ts").asDouble(),
                event.path("dur").asDouble());
    }
}
