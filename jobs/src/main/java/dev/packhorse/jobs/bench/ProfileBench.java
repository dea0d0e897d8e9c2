package dev.packhorse.jobs.bench;

import dev.packhorse.engine.EncoderProfile;
import dev.packhorse.engine.contract.Condition;
import dev.packhorse.engine.contract.EncoderException;
import dev.packhorse.engine.measure.ChromeTrace;
import dev.packhorse.engine.measure.OperatorCost;
import dev.packhorse.engine.measure.Span;
import dev.packhorse.jobs.page.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What each encoder spends its time with, operator by operator, on one thread, as PyTorch's write-up on BetterTransformer shows
 * it; and a trace of it all.
 */
final class ProfileBench {

    /** Operators below this one are added up. */
    private static final int SHOWN = 24;

    private ProfileBench() {}

    /**
     * An operator of an encoder.
     *
     * @param selfMillis in it and in nothing that it called
     * @param share of the encoder's whole time
     */
    record Point(String encoder, String operator, double selfMillis, double share, long calls, double meanMicros) {}

    /** @param trace gets the trace */
    static Findings run(BenchContext context, Path trace) {
        int batchSize = context.options().get(BenchOptions.BATCH_SIZE);
        var rows = context.rows().rows();
        var spans = new LinkedHashMap<String, List<Span>>();
        var points = new ArrayList<Point>();
        var tables = new ArrayList<Table>();
        for (var encoder : context.encoders()) {
            var unmet = encoder.unmet(context.model(), context.device());
            if (!encoder.profiles() || !unmet.isEmpty()) {
                context.out()
                        .printf(
                                "profile of %s: not here: %s%n",
                                encoder.id(),
                                encoder.profiles() ? Condition.line(unmet) : "PyTorch's engine hands out no profile");
                continue;
            }
            try {
                var profile = EncoderProfile.of(
                        encoder.settings(context.model(), context.device(), context.maxBatchTokens(), 1),
                        rows,
                        encoder.batching(context.maxBatchTokens(), batchSize));
                var own = points(encoder, profile);
                spans.put(encoder.id(), profile.spans());
                points.addAll(own);
                tables.add(table(encoder, profile, own));
            } catch (EncoderException e) {
                context.out().printf("profile of %s: not here: %s%n", encoder.id(), e.getMessage());
            }
        }
        ChromeTrace.write(trace, spans);
        return new Findings(
                "profile",
                "Profile",
                "%s; one thread; of one run after one that warms up; profiling itself takes some of the time; trace for Chrome's tracing page or Perfetto: %s"
                        .formatted(context.rows().description(), trace),
                tables,
                List.of(),
                points);
    }

    private static List<Point> points(BenchEncoder encoder, EncoderProfile profile) {
        var costs = OperatorCost.of(profile.spans());
        var within = costs.stream().mapToDouble(OperatorCost::selfMicros).sum();
        var whole = profile.seconds() * 1e6;
        var points = new ArrayList<Point>();
        for (var cost : costs) {
            points.add(new Point(
                    encoder.id(),
                    cost.operator(),
                    cost.selfMicros() / 1e3,
                    cost.selfMicros() / whole,
                    cost.calls(),
                    cost.meanMicros()));
        }
        points.add(new Point(
                encoder.id(), "outside of it", (whole - within) / 1e3, (whole - within) / whole, 1, whole - within));
        return points;
    }

    private static Table table(BenchEncoder encoder, EncoderProfile profile, List<Point> points) {
        var shown = points.size() <= SHOWN ? points : shortened(points);
        return new Table(
                "%s, %.1f ms".formatted(encoder.id(), profile.seconds() * 1e3),
                "",
                List.of("operator", "self", "share", "calls", "average"),
                shown.stream()
                        .map(point -> List.of(
                                point.operator(),
                                Cells.decimals(point.selfMillis(), 2) + " ms",
                                Cells.percent(point.share()),
                                Cells.whole((double) point.calls()),
                                Cells.decimals(point.meanMicros(), 1) + " us"))
                        .toList());
    }

    private static List<Point> shortened(List<Point> points) {
        var rest = points.subList(SHOWN - 2, points.size() - 1);
        var shown = new ArrayList<>(points.subList(0, SHOWN - 2));
        var millis = rest.stream().mapToDouble(Point::selfMillis).sum();
        var calls = rest.stream().mapToLong(Point::calls).sum();
        shown.add(new Point(
                rest.get(0).encoder(),
                rest.size() + " others",
                millis,
                rest.stream().mapToDouble(Point::share).sum(),
                calls,
                1e3 * millis / (double) calls));
        shown.add(points.get(points.size() - 1));
        return shown;
    }
}
