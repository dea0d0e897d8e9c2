package dev.packhorse.engine.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * A place on the class path that has ONNX Runtime: a jar or a folder. Who has put all jars into one is a place, too.
 *
 * @param root what the URLs of its entries begin with, such as {@code jar:file:/opt/packhorse.jar!/}
 * @param build what for; empty for CPUs alone
 * @param version of ONNX Runtime, such as 1.28.0; empty where nothing tells
 */
record NativeJar(String root, Optional<GpuBuild> build, Optional<String> version) {

    static final String RUNTIME = "libonnxruntime.so";
    static final String JNI = "libonnxruntime4j_jni.so";

    /** Where Microsoft's jars have their libraries. */
    static final String FOLDER = "ai/onnxruntime/native/linux-x64/";

    /** Of the symbols that Microsoft's library exports: the version stands in the library whatever jar it is in. */
    private static final Pattern TAG = Pattern.compile("VERS_(\\d+\\.\\d+\\.\\d+)\0");

    /** How far into the library that is looked for; it stands behind some kilobytes. */
    private static final int HEAD = 1 << 20;

    private static final Pattern NAME = Pattern.compile("onnxruntime(?:_gpu)?-(\\d+\\.\\d+\\.\\d+)[^/]*$");
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");
    private static final String PROPERTIES = "META-INF/maven/org.bytedeco/onnxruntime/pom.properties";

    /** Looks at what is in a place. */
    static NativeJar of(String root, Optional<GpuBuild> build) {
        var version = build.equals(Optional.of(GpuBuild.CUDA_13)) ? byProperties(root) : byTag(root);
        return new NativeJar(root, build, version.or(() -> byName(root)));
    }

    private static Optional<String> byTag(String root) {
        try (var in = open(url(root, FOLDER + RUNTIME))) {
            var tag = TAG.matcher(new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1));
            return tag.find() ? Optional.of(tag.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // classes without libraries, or libraries of other systems
        }
    }

    /** Bytedeco's library has no such tag; its jar says 1.28.0-1.5.14, the latter of JavaCPP. */
    private static Optional<String> byProperties(String root) {
        try (var in = open(url(root, PROPERTIES))) {
            var properties = new Properties();
            properties.load(in);
            var version = VERSION.matcher(properties.getProperty("version", ""));
            return version.lookingAt() ? Optional.of(version.group()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> byName(String root) {
        var name = NAME.matcher(place(root));
        return name.find() ? Optional.of(name.group(1)) : Optional.empty();
    }

    /** The jar's or folder's path, for messages. */
    String place() {
        return place(root);
    }

    private static String place(String root) {
        var path = root.startsWith("jar:") && root.endsWith("!/") ? root.substring(4, root.length() - 2) : root;
        try {
            return path.startsWith("file:") ? URI.create(path).getPath() : path;
        } catch (IllegalArgumentException e) {
            return path; // a space in it, say
        }
    }

    /** One of its entries, which need not be there. */
    URL url(String entry) throws IOException {
        return url(root, entry);
    }

    boolean has(String entry) {
        try (var in = open(url(entry))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static URL url(String root, String entry) throws IOException {
        return new URL(root + entry);
    }

    private static InputStream open(URL url) throws IOException {
        return uncached(url).getInputStream();
    }

    /** What reads behind a URL, without the JVM's cache of jars, which would keep them open. */
    static URLConnection uncached(URL url) throws IOException {
        var connection = url.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    @Override
    public String toString() {
        return "%s (%s%s)"
                .formatted(
                        place(),
                        build.map(GpuBuild::cuda).orElse("for CPUs"),
                        version.map(v -> ", " + v).orElse(""));
    }
}
