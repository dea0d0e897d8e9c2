package dev.packhorse.udf.resident;

import dev.packhorse.engine.Engine;
import dev.packhorse.engine.EngineSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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

    private static final Map<EngineSettings, Resident> RESIDENTS =
            new LinkedHashMap<>(16, 0.75f, true); // that leased longest ago comes first
    private static final Map<EngineSettings, Integer> LOADS = new HashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ResidentEngines::closeIdle, "packhorse-close-engines"));
    }

    private ResidentEngines() {}

    private static final class Resident {
        private final Engine engine;
        private final RecentVectors recent = new RecentVectors();
        private int leases;

        Resident(Engine engine) {
            this.engine = engine;
        }
    }

    /** A task's share of an engine, until it is closed. */
    public static final class Lease implements AutoCloseable {
        private final Resident resident;
        private final boolean loaded;
        private boolean returned;

        private Lease(Resident resident, boolean loaded) {
            this.resident = resident;
            this.loaded = loaded;
        }

        public Engine engine() {
            return resident.engine;
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
     * Others wait meanwhile.
     *
     * @throws RuntimeException what {@link Engine#open} throws; nothing is kept then
     */
    public static synchronized Lease lease(EngineSettings settings) {
        var bound = TaskResources.bind(settings);
        var resident = RESIDENTS.get(bound);
        var load = resident == null;
        if (load) {
            closeIdle(IDLE_KEPT);
            resident = new Resident(Engine.open(bound));
            RESIDENTS.put(bound, resident);
            LOADS.merge(bound, 1, Integer::sum);
            LOG.info("loaded {}: {}", bound.model().name(), resident.engine.info());
        }
        resident.leases++;
        return new Lease(resident, load);
    }

    private static synchronized void giveBack(Lease lease) {
        if (!lease.returned) {
            lease.returned = true;
            lease.resident.leases--;
        }
    }

    /** How often this process loaded the engine of these settings, whatever it was bound to. */
    public static synchronized int loads(EngineSettings settings) {
        return LOADS.entrySet().stream()
                .filter(load -> load.getKey()
                        .on(settings.device())
                        .computing(settings.threads(), settings.calls())
                        .equals(settings))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** Closes the engines that no task has leased. */
    public static synchronized void closeIdle() {
        closeIdle(0);
    }

    /** @param kept how many of them stay open, those that were leased last */
    private static void closeIdle(int kept) {
        var idle = RESIDENTS.entrySet().stream()
                .filter(entry -> entry.getValue().leases == 0)
                .toList();
        for (var entry : idle.subList(0, Math.max(0, idle.size() - kept))) {
            RESIDENTS.remove(entry.getKey());
            entry.getValue().engine.close();
            LOG.info(
                    "closed {}: {}",
                    entry.getKey().model().name(),
                    entry.getValue().engine.info());
        }
    }
}
