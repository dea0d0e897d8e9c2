package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What CONTRIBUTING.md says of the shape of the code, as far as a program can tell. */
class HouseRulesTest {

    private static final int LONGEST_CLASS = 400; // lines

    private static final int LONGEST_METHOD = 60; // lines

    /** In a package of so many, a sentence about all of them does. */
    private static final int FEW_CLASSES = 10;

    private static final List<String> MODULES = List.of("engine", "udf", "stores", "jobs", "lance");

    /** A line of a package-info's list. */
    private static final Pattern LISTED = Pattern.compile("<li>\\{@code (\\w+)}:");

    @Test
    void packagesSeeOnlyThoseAboveThemInTheirModulesList() throws IOException {
        var layers = layers();
        var upwards = new TreeSet<String>();
        var classes = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .withImportOption(location -> !location.contains("-tests.jar")) // those of the other modules
                .importPackages("dev.packhorse");
        for (var from : classes) {
            for (var dependency : from.getDirectDependenciesFromSelf()) {
                var to = dependency.getTargetClass().getBaseComponentType();
                if (layer(to, layers) > layer(from, layers)) {
                    upwards.add(from.getName() + " sees " + to.getName());
                }
            }
        }

        assertThat(classes).hasSizeGreaterThan(300);
        assertThat(upwards).isEmpty();
    }

    /** Of all packages of ours, from the lowest to the highest; a module's own package is above those in it. */
    private static List<String> layers() throws IOException {
        var layers = new ArrayList<String>();
        for (var module : MODULES) {
            var root = "dev.packhorse." + module;
            for (var name : listed(module)) {
                layers.add(root + "." + name);
            }
            layers.add(root);
        }
        return layers;
    }

    /** Classes of others are below all of ours; -1. */
    private static int layer(JavaClass type, List<String> layers) {
        var layer = layers.indexOf(type.getPackageName());
        assertThat(layer >= 0 || !type.getPackageName().startsWith("dev.packhorse."))
                .as(type.getName())
                .isTrue();
        return layer;
    }

    @Test
    void eachPackageIsListedInItsModuleAndSaysWhatItIs() throws IOException {
        for (var module : MODULES) {
            var there = new ArrayList<String>();
            try (Stream<Path> folders = Files.list(folder(module))) {
                folders.filter(Files::isDirectory).forEach(folder -> {
                    there.add(folder.getFileName().toString());
                    assertThat(folder.resolve("package-info.java")).exists();
                });
            }

            assertThat(listed(module)).containsExactlyInAnyOrderElementsOf(there);
        }
    }

    @Test
    void whereThereAreManyClassesInAPackageItSaysWhatEachIsFor() throws IOException {
        var unexplained = new TreeSet<String>();
        for (var source : sources()) {
            var info = source.resolveSibling("package-info.java");
            if (Files.exists(info) && classes(source.getParent()).size() > FEW_CLASSES) {
                var explained = Pattern.compile("\\W")
                        .splitAsStream(Files.readString(info))
                        .toList();
                classes(source.getParent()).stream()
                        .filter(name -> !explained.contains(name))
                        .forEach(name -> unexplained.add(source.getParent() + ": " + name));
            }
        }

        assertThat(unexplained).isEmpty();
    }

    private static List<String> classes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .toList();
        }
    }

    private static List<String> listed(String module) throws IOException {
        return LISTED.matcher(Files.readString(folder(module).resolve("package-info.java")))
                .results()
                .map(line -> line.group(1))
                .toList();
    }

    private static Path folder(String module) {
        return Repository.root().resolve("%1$s/src/main/java/dev/packhorse/%1$s".formatted(module));
    }

    @Test
    void noClassAndNoMethodIsTooLongToBeRead() throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var tooLong = new TreeSet<String>();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources()));
            var spans = Trees.instance(task).getSourcePositions();
            for (var file : task.parse()) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitMethod(MethodTree method, Void nothing) {
                        check(method, method.getName(), LONGEST_METHOD);
                        return super.visitMethod(method, null);
                    }

                    @Override
                    public Void visitClass(ClassTree type, Void nothing) {
                        check(type, type.getSimpleName(), LONGEST_CLASS);
                        return super.visitClass(type, null);
                    }

                    private void check(Tree tree, CharSequence name, int longest) {
                        var first = file.getLineMap().getLineNumber(spans.getStartPosition(file, tree));
                        var last = file.getLineMap().getLineNumber(spans.getEndPosition(file, tree));
                        if (last - first >= longest) {
                            tooLong.add(
                                    "%s:%d %s".formatted(file.getSourceFile().getName(), first, name));
                        }
                    }
                }.scan(file, null);
            }
        }

        assertThat(tooLong).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        var sources = new ArrayList<Path>();
        for (var module : Stream.concat(MODULES.stream(), Stream.of("pytorch", "cuda", "storetests"))
                .toList()) {
            try (Stream<Path> files = Files.walk(Repository.root().resolve(module + "/src"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        assertThat(sources).hasSizeGreaterThan(500);
        return sources;
    }
}
