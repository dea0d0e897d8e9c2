package dev.packhorse.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import dev.packhorse.engine.contract.EncoderException;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All of ONNX Runtime that is on a class path, and which native libraries are to be loaded from it: a process can have one set.
 *
 * @param classes where the Java classes come from
 * @param others every other place that has any of it, in the order of the class path
 */
record NativeJars(NativeJar classes, List<NativeJar> others) {

    private static final String CLASS = "ai/onnxruntime/OrtEnvironment.class";

    /** What ONNX Runtime's own properties begin with by which somebody says which libraries are loaded. */
    private static final String PROPERTY = "onnxruntime.native.";

    /** Looks at this process's class path: on Spark's executors, jars of {@code --jars} are seen by the tasks' loader. */
    static NativeJars find() {
        var loaders = new LinkedHashSet<ClassLoader>();
        loaders.add(OrtEnvironment.class.getClassLoader());
        loaders.add(NativeJars.class.getClassLoader());
        loaders.add(Thread.currentThread().getContextClassLoader());
        return find(
                OrtEnvironment.class.getResource("OrtEnvironment.class"),
                loaders.stream().filter(Objects::nonNull).toList());
    }

    /**
     * Looks at some class loaders.
     *
     * @param ortEnvironment where one of the Java classes is loaded from
     */
    static NativeJars find(URL ortEnvironment, Collection<ClassLoader> loaders) {
        var classes = root(ortEnvironment, CLASS);
        var found = new LinkedHashMap<String, NativeJar>(); // by what makes them differ
        for (var loader : loaders) {
            var microsofts = roots(loader, GpuBuild.CUDA_12.provider());
            for (var root : union(roots(loader, CLASS), microsofts)) {
                var build = microsofts.contains(root) ? Optional.of(GpuBuild.CUDA_12) : Optional.<GpuBuild>empty();
                found.computeIfAbsent(root, any -> NativeJar.of(root, build));
            }
            for (var root : roots(loader, GpuBuild.CUDA_13.provider())) {
                found.computeIfAbsent(
                        root + GpuBuild.CUDA_13, any -> NativeJar.of(root, Optional.of(GpuBuild.CUDA_13)));
            }
        }
        var own = found.remove(classes);
        return new NativeJars(own == null ? NativeJar.of(classes, Optional.empty()) : own, List.copyOf(found.values()));
    }

    private static Set<String> union(Set<String> first, Set<String> second) {
        var union = new LinkedHashSet<>(first);
        union.addAll(second);
        return union;
    }

    private static Set<String> roots(ClassLoader loader, String entry) {
        try {
            return Collections.list(loader.getResources(entry)).stream()
                    .map(url -> root(url, entry))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        } catch (IOException e) {
            throw new EncoderException(
                    "expected a class path that can be read for ONNX Runtime's libraries, found " + e.getMessage(), e);
        }
    }

    private static String root(URL url, String entry) {
        var text = url.toString();
        return text.substring(0, text.length() - entry.length());
    }

    /**
     * The build for GPUs, which all sessions are to use, those on the CPU too; empty where there is none.
     *
     * @param properties the JVM's
     * @throws EncoderException when there are two, one is of another version than the Java classes, or the properties say
     *     otherwise
     */
    Optional<NativeJar> gpu(Map<?, ?> properties) {
        var builds = gpuBuilds();
        if (builds.size() > 1) {
            throw new EncoderException(
                    "expected one build of ONNX Runtime for GPUs on the class path, found %s; take all but one off it"
                            .formatted(builds.stream().map(NativeJar::toString).collect(Collectors.joining(" and "))));
        }
        checkVersions();
        var gpu = builds.stream().findFirst();
        gpu.ifPresent(jar -> checkProperties(jar, properties));
        return gpu;
    }

    /** Copies of the same build count once: Spark brings the jars of {@code --jars} to each process, the driver's too. */
    private Collection<NativeJar> gpuBuilds() {
        var distinct = new LinkedHashMap<List<?>, NativeJar>();
        for (var jar : all()) {
            if (jar.build().isPresent()) {
                distinct.putIfAbsent(List.of(jar.build(), jar.version()), jar);
            }
        }
        return distinct.values();
    }

    private List<NativeJar> all() {
        var all = new ArrayList<NativeJar>();
        all.add(classes);
        all.addAll(others);
        return all;
    }

    private void checkVersions() {
        var expected = classes.version();
        for (var other : others) {
            if (expected.isPresent() && other.version().isPresent() && !expected.equals(other.version())) {
                throw new EncoderException(
                        "expected ONNX Runtime %s, whose Java classes are those in %s, found %s in %s; take one of the two off the class path, or bring them in one version"
                                .formatted(
                                        expected.get(),
                                        classes.place(),
                                        other.version().get(),
                                        other.place()));
            }
        }
    }

    private static void checkProperties(NativeJar gpu, Map<?, ?> properties) {
        properties.keySet().stream()
                .map(Object::toString)
                .filter(name -> name.startsWith(PROPERTY))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new EncoderException(
                            "expected one set of ONNX Runtime's native libraries, found -D%s=%s and %s; leave out one of them"
                                    .formatted(name, properties.get(name), gpu));
                });
    }

    /**
     * What a folder needs for the Java classes to run on a build for GPUs, by the names that they look for.
     *
     * @throws EncoderException when no place has the library by which Java calls it
     */
    Map<String, URL> files(NativeJar gpu) {
        var build = gpu.build().orElseThrow();
        try {
            var files = new LinkedHashMap<String, URL>();
            files.put(NativeJar.RUNTIME, gpu.url(build.runtime()));
            files.put(NativeJar.JNI, jni());
            for (var entry : List.of(build.shared(), build.provider())) {
                files.put(entry.substring(entry.lastIndexOf('/') + 1), gpu.url(entry));
            }
            return files;
        } catch (IOException e) {
            throw new EncoderException("expected URLs on the class path, found " + e.getMessage(), e);
        }
    }

    /** That of the classes' own jar, before those of the same version elsewhere. */
    private URL jni() throws IOException {
        var entry = NativeJar.FOLDER + NativeJar.JNI;
        for (var jar : all()) {
            if (jar.has(entry)) {
                return jar.url(entry);
            }
        }
        throw new EncoderException("expected %s beside the Java classes of ONNX Runtime, found none in %s; add %s"
                .formatted(entry, classes.place(), "com.microsoft.onnxruntime:onnxruntime to the class path"));
    }
}
