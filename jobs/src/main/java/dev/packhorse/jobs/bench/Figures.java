package dev.packhorse.jobs.bench;

import dev.packhorse.engine.contract.Precision;
import dev.packhorse.engine.output.Cosine;
import dev.packhorse.jobs.bench.Contest.Contestant;
import dev.packhorse.jobs.bench.Contest.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What was measured of one encoder. What cannot be said is not a number.
 *
 * @param encoder its id
 * @param info what it is
 * @param tokensPerSecond real tokens
 * @param ratio the baseline's time over its own, run by run
 * @param computedTokensPerSecond tokens that were computed, padding included
 * @param paddingShare of the tokens that were computed
 * @param millisPerBatch of a call, in its caller's eyes
 * @param millisPerBatch95 that 95 percent of calls did not exceed
 * @param batches of a run
 * @param mebibytes of resident memory that it added
 * @param worstCosine with float32's vectors, of any row
 * @param meanCosine the same of all rows
 * @param gigaflops of matrix products over real tokens, in a second
 * @param shareOfPeak of what this machine's bare matmuls reach in its precision
 */
record Figures(
        String encoder,
        String info,
        Spread tokensPerSecond,
        Spread ratio,
        double computedTokensPerSecond,
        double paddingShare,
        double millisPerBatch,
        double millisPerBatch95,
        int batches,
        double mebibytes,
        double worstCosine,
        double meanCosine,
        double gigaflops,
        double shareOfPeak) {

    /**
     * Figures of all contestants of a run.
     *
     * @param tokens real ones
     * @param baseline one of the contestants
     * @param peaks gigaflops by encoder
     */
    static List<Figures> of(
            List<Contestant> contestants,
            Map<BenchEncoder, Times> times,
            long tokens,
            BenchEncoder baseline,
            Map<BenchEncoder, Double> peaks) {
        var exact = contestants.stream()
                .filter(contestant -> contestant.encoder().precision() == Precision.FLOAT32)
                .findFirst()
                .map(contestant -> contestant.loop().vectors()) // [N][D]
                .orElse(new float[0][]);
        var all = new ArrayList<Figures>();
        for (var contestant : contestants) {
            all.add(of(contestant, times, tokens, baseline, peaks.get(contestant.encoder()), exact));
        }
        return all;
    }

    private static Figures of(
            Contestant contestant,
            Map<BenchEncoder, Times> times,
            long tokens,
            BenchEncoder baseline,
            double peak,
            float[][] exact) {
        var loop = contestant.loop();
        var own = times.get(contestant.encoder());
        var tokensPerSecond =
                Spread.of(Arrays.stream(own.seconds()).map(s -> tokens / s).toArray());
        var runsPerSecond = tokensPerSecond.median() / tokens;
        var cosines = cosines(exact, loop.vectors());
        var gigaflops = loop.operations() == 0 ? Double.NaN : loop.operations() * runsPerSecond / 1e9;
        return new Figures(
                contestant.encoder().id(),
                loop.info().toString(),
                tokensPerSecond,
                Spread.of(ratios(times.get(baseline).seconds(), own.seconds())),
                loop.computedTokens() * runsPerSecond,
                1 - (double) tokens / loop.computedTokens(),
                1e3 * Statistics.median(own.latencies()),
                1e3 * Statistics.percentile(own.latencies(), 0.95),
                loop.latencies().length,
                contestant.bytes() / (double) (1 << 20),
                Arrays.stream(cosines).min().orElse(Double.NaN),
                Arrays.stream(cosines).average().orElse(Double.NaN),
                gigaflops,
                gigaflops / peak);
    }

    /**
     * How many times as fast one is as the other, run by run.
     *
     * @param baseline [runs] seconds
     * @param own [runs] seconds
     * @return [runs]
     */
    static double[] ratios(double[] baseline, double[] own) {
        return IntStream.range(0, own.length)
                .mapToDouble(run -> baseline[run] / own[run])
                .toArray();
    }

    private static double[] cosines(float[][] exact, float[][] found) {
        return IntStream.range(0, exact.length)
                .mapToDouble(i -> Cosine.of(exact[i], found[i]))
                .toArray();
    }
}
