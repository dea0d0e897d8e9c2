package dev.packhorse.udf.resident;

import dev.packhorse.engine.Embedded;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The answers that an executor gave to the texts it met last, within a bound of memory: a text that comes again, in
 * another window or another task, is not encoded again. Thread-safe.
 *
 * <p>A run that begins forgets what was there, for it counts its own duplicates. Two that go on at the same time share what
 * they find: the keys say all that decides a vector of one engine, so it is the right one.
 */
public final class RecentVectors {

    /** A text's hash, the map's entry and the objects' headers, beside the vector's numbers. */
    private static final int OVERHEAD_BYTES = 256;

    private final Map<String, Embedded.Vector> vectors = new LinkedHashMap<>(16, 0.75f, true); // least recent first
    private long run = -1;
    private long bytes;

    /** What is remembered for another run is forgotten: each run counts its own duplicates. */
    public synchronized void begin(long run) {
        if (this.run != run) {
            this.run = run;
            vectors.clear();
            bytes = 0;
        }
    }

    /** What was put under this key lately; shared, treat as immutable. */
    public synchronized Optional<Embedded> get(String textHash) {
        return Optional.ofNullable(vectors.get(textHash));
    }

    /**
     * Remembers vectors, and forgets those longest not asked for where they are too many.
     *
     * @param answer not copied; an error is not remembered
     * @param mostBytes of heap for all of them together; 0 for none at all
     */
    public synchronized void put(String textHash, Embedded answer, long mostBytes) {
        if (mostBytes > 0 && answer instanceof Embedded.Vector vector) {
            if (vectors.put(textHash, vector) == null) {
                bytes += size(vector);
            }
            var eldest = vectors.values().iterator();
            while (bytes > mostBytes) {
                bytes -= size(eldest.next());
                eldest.remove();
            }
        }
    }

    private static long size(Embedded.Vector vector) {
        return (long) vector.values().length * Float.BYTES + OVERHEAD_BYTES;
    }
}
