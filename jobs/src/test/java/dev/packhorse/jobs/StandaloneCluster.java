package dev.packhorse.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Spark cluster of this machine: a standalone master and workers, each a process of its own as a cluster's are, on the
 * loopback interface. Its executors are the workers' children. Closing it ends all of them.
 */
final class StandaloneCluster implements AutoCloseable {

    private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");

    /** A property of executors by which they are found, whoever is their parent now. */
    private static final String MARK = "packhorse.test.cluster";

    private final Path folder;
    private final List<String> workerSettings;
    private final SparkProcess master;
    private final String url;
    private final List<SparkProcess> workers = new ArrayList<>();
    private final Set<String> earlier = new HashSet<>(); // applications

    private StandaloneCluster(Path folder, List<String> workerSettings) {
        this.folder = folder;
        this.workerSettings = workerSettings;
        this.master = SparkProcess.start(
                folder.resolve("master"),
                List.of("-Xmx512m", "-Dspark.master.rest.enabled=false"),
                List.of(),
                List.of(
                        "org.apache.spark.deploy.master.Master",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--webui-port",
                        "0"));
        this.url = Poll.until("the master's address", () -> master.logged(MASTER));
    }

    /**
     * Starts a master and workers.
     *
     * @param folder that is there; gets their logs and work
     * @param workers how many
     * @param coresEach of each worker
     * @param workerSettings of the workers' own, such as {@code spark.worker.resource.gpu.amount=2}
     */
    static StandaloneCluster start(Path folder, int workers, int coresEach, String... workerSettings) {
        var cluster = new StandaloneCluster(
                folder, List.of(workerSettings).stream().map(s -> "-D" + s).toList());
        try {
            IntStream.range(0, workers).forEach(i -> cluster.addWorker(coresEach));
            return cluster;
        } catch (RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    /** Starts one more worker, and returns when the master knows it. */
    private void addWorker(int cores) {
        workers.add(worker(workers.size(), cores));
    }

    /** Starts a worker in the place of one that was killed. */
    void replaceWorker(int i, int cores) {
        workers.get(i).end();
        workers.set(i, worker(i, cores));
    }

    private SparkProcess worker(int i, int cores) {
        var name = "worker" + i;
        var jvm = new ArrayList<>(List.of("-Xmx512m"));
        jvm.addAll(workerSettings);
        var worker = SparkProcess.start(
                folder.resolve(name),
                jvm,
                List.of(),
                List.of(
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        host(i),
                        "--webui-port",
                        "0",
                        "--cores",
                        String.valueOf(cores),
                        "--memory",
                        "4g",
                        "--work-dir",
                        folder.resolve(name).resolve("work").toString(),
                        url));
        Poll.until("a registered " + name, () -> worker.logged(Pattern.compile("(Successfully registered)")));
        return worker;
    }

    /** An address of its own for each worker, where there are such: executors of one host read each other's files. */
    private static String host(int worker) {
        var own = "127.0.0." + (worker + 2);
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(own, 0));
            return own;
        } catch (IOException e) {
            return "127.0.0.1";
        }
    }

    /** What {@code --master} wants. */
    String url() {
        return url;
    }

    /** The arguments of spark-submit for one small job here, with further settings such as {@code spark.cores.max=2}. */
    List<String> settings(List<String> more) {
        earlier.addAll(applications());
        var settings = new ArrayList<>(List.of(
                "spark.executor.memory=1g",
                "spark.executor.extraJavaOptions=-D" + MARK + "=" + folder + " "
                        + String.join(" ", SparkProcess.QUICK_START),
                // how often a running task's counts reach the progress line
                "spark.executor.heartbeatInterval=1s",
                "spark.sql.shuffle.partitions=8",
                // what an executor had that is gone, or stands still, is done again soon
                "spark.shuffle.io.connectionTimeout=5s",
                "spark.shuffle.io.maxRetries=1",
                "spark.shuffle.io.retryWait=1s",
                "spark.scheduler.minRegisteredResourcesRatio=1"));
        settings.addAll(more);
        return Stream.concat(
                        Stream.of("--master", url), settings.stream().flatMap(setting -> Stream.of("--conf", setting)))
                .toList();
    }

    /** One of the workers, in the order in which they were started. */
    ProcessHandle worker(int i) {
        return workers.get(i).handle();
    }

    /** The executors that live now, in no order; also those whose worker is gone. */
    List<ProcessHandle> executors() {
        return ProcessHandle.allProcesses().filter(this::isExecutor).toList();
    }

    /** Those of one worker. */
    List<ProcessHandle> executors(int worker) {
        return worker(worker).descendants().filter(this::isExecutor).toList();
    }

    private boolean isExecutor(ProcessHandle process) {
        var line = commandLine(process);
        return line.contains("CoarseGrainedExecutorBackend") && line.contains("-D" + MARK + "=" + folder + " ");
    }

    /** The names of all applications that ever had an executor. */
    private Set<String> applications() {
        return executorFolders(folder -> true)
                .map(executor -> executor.getParent().getFileName().toString())
                .collect(Collectors.toSet());
    }

    /** The folders of all executors that the newest application ever had: the one that was given these settings last. */
    private Stream<Path> executorFolders() {
        return executorFolders(
                executor -> !earlier.contains(executor.getParent().getFileName().toString()));
    }

    private Stream<Path> executorFolders(Predicate<Path> wanted) {
        try (var files = Files.walk(folder, 4)) { // worker0/work/app-20260101000000-0000/0
            return files
                    .filter(file -> Files.isDirectory(file)
                            && file.getParent().getFileName().toString().startsWith("app-"))
                    .filter(wanted)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many executors the newest application ever had. */
    int startedExecutors() {
        return (int) executorFolders().count();
    }

    /** What they logged. */
    String executorLogs() {
        return executorFolders().map(StandaloneCluster::log).collect(Collectors.joining("\n"));
    }

    /** What the last one that started has logged. */
    String logOfNewestExecutor() {
        return executorFolders()
                .max(Comparator.comparingInt(
                        executor -> Integer.parseInt(executor.getFileName().toString())))
                .map(StandaloneCluster::log)
                .orElse("");
    }

    private static String log(Path executor) {
        try {
            var log = executor.resolve("stderr");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Java leaves out the arguments of long command lines; Linux does not. */
    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return process.info().commandLine().orElse("");
        }
    }

    /** Waits until no executor is left, as after the end of each application. */
    void assertNoExecutorIsLeft() {
        Poll.untilTrue("the end of all executors", () -> executors().isEmpty());
    }

    @Override
    public void close() {
        workers.forEach(SparkProcess::end);
        master.end();
        assertNoExecutorIsLeft();
    }
}
