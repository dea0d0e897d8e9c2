package dev.packhorse.stores.contract;

/** How near two vectors are. */
public enum Metric {
    /** The cosine of the angle between them; of normalized vectors also their dot product. */
    COSINE("cosine"),
    /** Their dot product. */
    DOT("dot"),
    /** The Euclidean distance between them. */
    L2("l2");

    private final String id;

    Metric(String id) {
        this.id = id;
    }

    /** The name that options and schemas use. */
    public String id() {
        return id;
    }

    /**
     * The greater, the nearer.
     *
     * @param a [d]
     * @param b [d]
     */
    public double nearness(float[] a, float[] b) {
        var dot = 0.0;
        var ofA = 0.0;
        var ofB = 0.0;
        var distance = 0.0;
        for (var i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            ofA += (double) a[i] * a[i];
            ofB += (double) b[i] * b[i];
            distance += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return switch (this) {
            case COSINE -> ofA == 0 || ofB == 0 ? 0 : dot / Math.sqrt(ofA * ofB);
            case DOT -> dot;
            case L2 -> -distance;
        };
    }
}
