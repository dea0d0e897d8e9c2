package dev.packhorse.jobs.page;

/** A picture of numbers. Immutable; what is not finite in it is not drawn, and stands as a gap in the table of its numbers. */
public sealed interface Chart permits LineChart, BarChart, PointMap {

    /** What it shows, in a few words. */
    String title();

    /** What a reader should know of it: what was measured and how, what is better. May be empty. */
    String note();

    /** Whether there is nothing to draw; the page says so then. */
    boolean isEmpty();

    /** The same numbers, for those who do not see the picture. */
    Table numbers();
}
