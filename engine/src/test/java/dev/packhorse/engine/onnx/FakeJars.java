package dev.packhorse.engine.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** Jars with the entries by which ONNX Runtime's are known, and nothing that loads. */
record FakeJars(Path folder) {

    static final String CLASS = "ai/onnxruntime/OrtEnvironment.class";

    private static final String NATIVE = "ai/onnxruntime/native/linux-x64/";
    private static final String BYTEDECO = "org/bytedeco/onnxruntime/linux-x86_64-gpu/";

    /** As Microsoft's for CPUs, or as a job jar that it was put into: only the library says which version. */
    Path cpu(String name, String version) {
        return jar(name, microsoft(version));
    }

    private static Map<String, String> microsoft(String version) {
        var entries = new HashMap<String, String>();
        entries.put(CLASS, "a class");
        entries.put(NATIVE + "libonnxruntime.so", "\177ELF" + "x".repeat(20_000) + "\0VERS_" + version + "\0more");
        entries.put(NATIVE + "libonnxruntime4j_jni.so", "jni " + version);
        return entries;
    }

    /** As Microsoft's for CUDA 12. */
    Path cuda12(String name, String version) {
        var entries = microsoft(version);
        entries.put(NATIVE + "libonnxruntime_providers_shared.so", "shared 12");
        entries.put(NATIVE + "libonnxruntime_providers_cuda.so", "provider 12");
        return jar(name, entries);
    }

    /** As Bytedeco's for CUDA 13. */
    Path cuda13(String name, String properties) {
        return jar(
                name,
                Map.of(
                        BYTEDECO + "libonnxruntime.so.1",
                        "runtime 13",
                        BYTEDECO + "libonnxruntime_providers_shared.so",
                        "shared 13",
                        BYTEDECO + "libonnxruntime_providers_cuda.so",
                        "provider 13",
                        "META-INF/maven/org.bytedeco/onnxruntime/pom.properties",
                        properties));
    }

    Path jar(String name, Map<String, String> entries) {
        var file = folder.resolve(name);
        try (var jar = new JarOutputStream(Files.newOutputStream(file))) {
            for (var entry : entries.entrySet()) {
                jar.putNextEntry(new ZipEntry(entry.getKey()));
                jar.write(entry.getValue().getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** What a class loader sees that has these jars alone. */
    static URLClassLoader loader(Path... jars) {
        return new URLClassLoader(Arrays.stream(jars).map(FakeJars::url).toArray(URL[]::new), null);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }
}
