package dev.packhorse.jobs.report;

/**
 * What a run took over from one that died.
 *
 * @param rows of the source
 * @param furtherRows rows of the result beyond one for each of those: where chunks are rows, all but the first of a text
 */
public record TakenOver(long rows, long furtherRows) {

    /** Of a run that did all by itself. */
    public static final TakenOver NOTHING = new TakenOver(0, 0);
}
