package dev.packhorse.udf.resident;

import dev.packhorse.engine.BatchListener;
import dev.packhorse.engine.Embedded;
import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import dev.packhorse.engine.contract.BrokenEncoderException;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.engine.contract.Opened;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The opened models of this process: each is loaded once, shared by all tasks, and kept for the next ones.
 *
 * <p>Where tasks have GPUs, there is one engine for each GPU, and a task gets that of its own.
 *
 * <p>A task takes a {@link Lease} and gives it back; the engine behind it is not closed before that. What nobody has
 * leased is closed by {@link #closeIdle} and, in any case, when the process ends; and where another engine is loaded, all of it
 * but the few that were leased last: a session may go on for days, and each model, prompt or length that it asks for is an engine
 * with weights of its own. After the pattern of Iceberg's SparkExecutorCache. Thread-safe.
 */
public final class ResidentEngines {

    private static final Logger LOG = LoggerFactory.getLogger(ResidentEngines.class);

    /** Engines that stay open beside a new one though nobody has leased them: those of a query that may come again. */
    static final int IDLE_KEPT = 2;

    /** Guarded by itself, as are the leases of those in it; that leased longest ago comes first. */
    private static final Map<EngineSettings, Resident> RESIDENTS = new LinkedHashMap<>(16, 0.75f, true);

    private static final Map<EngineSettings, Integer> LOADS = new ConcurrentHashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ResidentEngines::closeIdle, "packhorse-close-engines"));
    }

    private ResidentEngines() {}

    private static final class Resident {
        private final EngineSettings bound;
        private final CompletableFuture<Engine> engine = new CompletableFuture<>();
        private final RecentVectors recent = new RecentVectors();
        private int leases;
        private boolean forgotten;

        Resident(EngineSettings bound) {
            this.bound = bound;
        }

        /** Loads it, for all who wait for it; with it, they get what is thrown. */
        void load(Function<EngineSettings, Engine> loader) {
            try {
                var opened = loader.apply(bound);
                LOADS.merge(bound, 1, Integer::sum);
                if (opened.info().device().equals(new Device.Cpu())
                        && !opened.info().device().equals(bound.device())) {
                    LOG.warn("{} computes on the CPU: {}", bound.model().name(), opened.info());
                }
                LOG.info("loaded {}: {}", bound.model().name(), opened.info());
                engine.complete(opened);
            } catch (RuntimeException | Error e) {
                forget(this);
                engine.completeExceptionally(e);
            }
        }

        Engine loaded() {
            try {
                return engine.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e.getCause();
            }
        }

        void close() {
            var opened = engine.join();
            opened.close();
            LOG.info("closed {}: {}", bound.model().name(), opened.info());
        }
    }

    /** A task's share of an engine, until it is closed. Thread-safe. */
    public static final class Lease implements AutoCloseable {
        private final Resident resident;
        private final boolean loaded;
        private boolean returned;

        private Lease(Resident resident, boolean loaded) {
            this.resident = resident;
            this.loaded = loaded;
        }

        /** The engine; open as long as this lease is. */
        public Engine engine() {
            return resident.loaded();
        }

        /**
         * See {@link Engine#embed}.
         *
         * @throws BrokenEncoderException when the engine is of no use any more; the next lease loads another
         */
        public Embedded[] embed(List<int[]> rows, BatchListener listener) {
            try {
                return engine().embed(rows, listener);
            } catch (BrokenEncoderException e) {
                discard();
                throw e;
            }
        }

        /** Lets the next lease load another engine; this one is closed with the last lease on it. */
        void discard() {
            forget(resident);
        }

        /** What the tasks that share the engine encoded lately. */
        public RecentVectors recent() {
            return resident.recent;
        }

        /** Whether this lease was the one for which the engine was loaded. */
        public boolean loaded() {
            return loaded;
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }

    /**
     * Leases the engine of these settings, bound to what this thread's task has to compute with; loads it when nobody has yet.
     * Others who want the same one wait meanwhile; who wants another does not.
     *
     * @throws RuntimeException what {@link Engine#open} throws; nothing is kept then
     */
    public static Lease lease(EngineSettings settings) {
        return lease(settings, Engine::open);
    }

    /** The same with another way of loading, for tests. */
    static Lease lease(EngineSettings settings, Function<EngineSettings, Engine> loader) {
        var bound = TaskResources.bind(settings);
        Resident resident;
        var idle = List.<Resident>of();
        var isNew = false;
        synchronized (RESIDENTS) {
            isNew = !RESIDENTS.containsKey(bound);
            idle = isNew ? takeIdleBeside(bound) : idle;
            resident = isNew ? new Resident(bound) : RESIDENTS.get(bound);
            resident.leases++;
            RESIDENTS.put(bound, resident);
        }
        if (isNew) {
            closeBeside(idle);
            resident.load(loader);
        }
        resident.loaded();
        return new Lease(resident, isNew);
    }

    /** Closes engines on the way to another, which is no less of use where one of them cannot be closed. */
    private static void closeBeside(List<Resident> idle) {
        for (var resident : idle) {
            try {
                resident.close();
            } catch (RuntimeException e) {
                LOG.error("{} could not be closed", resident.bound.model().name(), e);
            }
        }
    }

    private static void giveBack(Lease lease) {
        var resident = lease.resident;
        var last = false;
        synchronized (RESIDENTS) {
            if (!lease.returned) {
                lease.returned = true;
                resident.leases--;
                last = resident.forgotten && resident.leases == 0;
            }
        }
        if (last) {
            resident.close(); // it was forgotten: nobody will find it any more
        }
    }

    private static void forget(Resident resident) {
        synchronized (RESIDENTS) {
            resident.forgotten = true;
            RESIDENTS.remove(resident.bound, resident);
        }
    }

    /** How often this process loaded the engine of these settings, whatever it was bound to. */
    public static int loads(EngineSettings settings) {
        return LOADS.entrySet().stream()
                .filter(load -> load.getKey()
                        .on(settings.device())
                        .computing(settings.threads(), settings.calls())
                        .equals(settings))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /**
     * Closes the engines that no task has leased.
     *
     * @throws IllegalStateException when native memory was not given back
     */
    public static void closeIdle() {
        var opened = new Opened();
        synchronized (RESIDENTS) {
            takeIdle(0).forEach(resident -> opened.add(resident::close));
        }
        opened.close();
    }

    /** Beside one on a GPU none stays there: what it held would be missing to the new one. */
    private static List<Resident> takeIdleBeside(EngineSettings bound) {
        var taken = new ArrayList<Resident>();
        if (bound.device() instanceof Device.Gpu) {
            taken.addAll(taken(resident -> resident.leases == 0 && resident.bound.device() instanceof Device.Gpu, 0));
        }
        taken.addAll(takeIdle(IDLE_KEPT));
        return taken;
    }

    /** @param kept how many of them stay, those that were leased last */
    private static List<Resident> takeIdle(int kept) {
        return taken(resident -> resident.leases == 0, kept);
    }

    private static List<Resident> taken(Predicate<Resident> which, int kept) {
        var idle = RESIDENTS.values().stream().filter(which).toList();
        var taken = idle.subList(0, Math.max(0, idle.size() - kept));
        taken.forEach(resident -> RESIDENTS.remove(resident.bound));
        return taken;
    }
}
