package dev.packhorse.engine.onednn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Calls that were set up and may come again; the one that was not used for longest goes when there are too many. Owns
 * them: closes those that go at once, the others when it is closed. Not thread-safe.
 */
final class BoundCalls<K, C extends AutoCloseable> implements AutoCloseable {

    private final int most;
    private final Resources evicted = new Resources();
    private final Map<K, C> calls = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, C> eldest) {
            if (size() > most) {
                evicted.add(eldest.getValue());
                return true;
            }
            return false;
        }
    };

    /** @param most how many are kept */
    BoundCalls(int most) {
        this.most = most;
    }

    /** The call of that key, set up if need be; stays this one's to close, and is valid until the next is asked for. */
    C get(K key, Function<K, C> setUp) {
        var call = calls.get(key);
        if (call == null) {
            call = setUp.apply(key);
            calls.put(key, call);
            evicted.close();
        }
        return call;
    }

    @Override
    public void close() {
        calls.values().forEach(evicted::add);
        calls.clear();
        evicted.close();
    }
}
