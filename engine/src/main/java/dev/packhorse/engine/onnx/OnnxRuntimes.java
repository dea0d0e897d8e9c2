package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import dev.packhorse.engine.contract.EncoderException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime's native libraries, of which a process loads one set: those of the build for GPUs that is on the class path,
 * for sessions on the CPU too, or else those that come with the Java classes. Any class of ONNX Runtime's would load the
 * latter when it is used first: environments and options of sessions are made here. Thread-safe.
 */
public final class OnnxRuntimes {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntimes.class);

    /** The folder that ONNX Runtime's classes load their libraries from, in place of the class path. */
    private static final String NATIVE_PATH = "onnxruntime.native.path";

    /**
     * What is loaded.
     *
     * @param gpu the build for GPUs that it is; empty for one that knows only CPUs
     */
    record Loaded(OrtEnvironment environment, Optional<NativeJar> gpu) {}

    private static volatile Optional<Loaded> loaded = Optional.empty();

    /** Classes that could not be initialized once say nothing of the reason later: it is kept. */
    private static Optional<EncoderException> failed = Optional.empty();

    private OnnxRuntimes() {}

    /**
     * What every session is opened with; the first call loads the native libraries.
     *
     * @throws EncoderException when they cannot be loaded, or it is unclear which ones
     */
    public static OrtEnvironment environment() {
        return loaded().environment();
    }

    /**
     * Options of a session, as they are at first; the caller closes them.
     *
     * @throws EncoderException as {@link #environment()}
     */
    public static OrtSession.SessionOptions options() {
        loaded();
        return new OrtSession.SessionOptions();
    }

    /** The environment, and which build it is of. */
    static Loaded loaded() {
        return loaded.orElseGet(OnnxRuntimes::load);
    }

    private static synchronized Loaded load() {
        if (loaded.isEmpty()) {
            failed.ifPresent(before -> {
                throw new EncoderException(before.getMessage(), before);
            });
            var jars = NativeJars.find();
            var gpu = jars.gpu(System.getProperties()).filter(any -> runsHere());
            loaded = Optional.of(gpu.isPresent() ? load(jars, gpu.get()) : withoutJar());
        }
        return loaded.get();
    }

    /** The builds for GPUs are for Linux on x86-64. */
    private static boolean runsHere() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    /** Who names a folder or the libraries themselves may have a build for GPUs there. */
    private static Loaded withoutJar() {
        var folder = System.getProperty(NATIVE_PATH, "the class path");
        var environment = open(folder);
        return new Loaded(
                environment,
                Optional.of(new NativeJar(folder, Optional.empty(), Optional.empty()))
                        .filter(any -> knowsCuda()));
    }

    private static boolean knowsCuda() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    private static Loaded load(NativeJars jars, NativeJar gpu) {
        var folder = NativeFolder.make(Path.of(System.getProperty("java.io.tmpdir")), jars.files(gpu));
        System.setProperty(NATIVE_PATH, folder.path().toString());
        try {
            var environment = open(gpu.toString());
            // of CUDA's provider the library is loaded when a session asks for it
            Runtime.getRuntime().addShutdownHook(new Thread(folder::close, "onnxruntime-libraries"));
            if (!knowsCuda()) {
                LOG.warn("{}: not used, for something else in this process loaded ONNX Runtime before", gpu);
            }
            return new Loaded(environment, Optional.of(gpu).filter(any -> knowsCuda()));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        } finally {
            // it was read; another class loader's ONNX Runtime has a choice of its own
            System.clearProperty(NATIVE_PATH);
        }
    }

    private static OrtEnvironment open(String from) {
        try {
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "packhorse");
        } catch (LinkageError e) {
            var root = Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
                    .reduce((outer, inner) -> inner)
                    .orElse(e);
            var failure = new EncoderException(
                    "expected native libraries of ONNX Runtime that load, from %s, found %s".formatted(from, root), e);
            failed = Optional.of(failure);
            throw failure;
        }
    }
}
