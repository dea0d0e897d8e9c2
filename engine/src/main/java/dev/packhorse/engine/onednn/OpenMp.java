package dev.packhorse.engine.onednn;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many threads oneDNN computes with when the calling thread calls it.
 *
 * <p>oneDNN asks OpenMP, whose default is all cores, for every caller: tasks would fight for them. The environment
 * variable OMP_NUM_THREADS says otherwise, but it must be there before the process starts, and a job cannot count on
 * that. {@code omp_set_num_threads} does the same for the calling thread; no Java binding of it comes with oneDNN, but
 * JavaCPP can call any {@code void f(void*)} at an address: it frees native objects that way, and an int argument travels
 * in the same register as a pointer on every ABI that oneDNN is built for. Thread-safe: what is set is the calling thread's.
 */
final class OpenMp {

    private static final Logger LOG = LoggerFactory.getLogger(OpenMp.class);

    private static final OpenMp INSTANCE = new OpenMp();

    private Object caller;
    private Method call;
    private long setNumThreads;

    private OpenMp() {
        try {
            setNumThreads = Loader.addressof("omp_set_num_threads").address();
            var type = Class.forName("org.bytedeco.javacpp.Pointer$NativeDeallocator");
            Constructor<?> constructor = type.getDeclaredConstructor(Pointer.class, long.class, long.class);
            constructor.setAccessible(true);
            caller = constructor.newInstance(new Pointer(), 0L, 0L);
            call = type.getDeclaredMethod("deallocate", long.class, long.class);
            call.setAccessible(true);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            call = null;
            if (!"1".equals(System.getenv("OMP_NUM_THREADS"))) {
                LOG.warn("oneDNN computes with all cores in every task: set OMP_NUM_THREADS=1 ({})", e.toString());
            }
        }
    }

    /** Lets calls of this thread compute with that many threads, itself included; does nothing where that cannot be set. */
    static void useThreads(int threads) {
        if (INSTANCE.call == null) {
            return;
        }
        try {
            INSTANCE.call.invoke(INSTANCE.caller, (long) threads, INSTANCE.setNumThreads);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("omp_set_num_threads could not be called", e);
        }
    }
}
