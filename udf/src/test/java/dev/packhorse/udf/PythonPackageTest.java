package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.udf.options.EncodeOptions;
import dev.packhorse.udf.sql.SqlFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** Holds the Python package, read as text, to the Java classes behind it. */
class PythonPackageTest {

    private static final Path PYTHON = root().resolve("python");
    private static final Path PACKAGE = PYTHON.resolve("packhorse");

    private static final Pattern JVM_CLASS = Pattern.compile("dev\\.packhorse(?:\\.[a-z]+)*\\.[A-Z][A-Za-z]*");
    private static final Pattern JVM_CALL = Pattern.compile("_jvm\\.(dev\\.packhorse[a-zA-Z.]*)\\.([a-z][A-Za-z]*)\\(");
    private static final Pattern SQL_FUNCTION = Pattern.compile("call_function\\(\"([a-z0-9_]+)\"");
    private static final Pattern FUNCTION = Pattern.compile("(?m)^def ([a-z][a-z0-9_]*)\\(");
    private static final Pattern VERSION = Pattern.compile("(?m)^version = \"(.*)\"$");
    private static final Pattern POM_VERSION =
            Pattern.compile("<artifactId>packhorse</artifactId>\\s*<version>(.*)</version>");

    private static Path root() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
                .takeWhile(folder -> folder != null)
                .filter(folder -> Files.exists(folder.resolve("mvnw")))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(match.groupCount() == 0 ? 0 : 1))
                .toList();
    }

    private static String read(String file) throws IOException {
        return Files.readString(PACKAGE.resolve(file));
    }

    @Test
    void theStageHasTheParamsHelpAndDefaultsOfTheJavaOne() throws IOException {
        WrittenDocs.assertWritten(PACKAGE.resolve("text_embedder.py"), PythonStage.file());
    }

    @Test
    void eachJavaClassThatItNamesIsThere() throws Exception {
        var named = 0;
        for (var file : files()) {
            for (var name : all(JVM_CLASS, read(file))) {
                assertThat(Class.forName(name)).as("named in %s", file).isNotNull();
                named++;
            }
        }
        assertThat(named).isGreaterThan(2);
    }

    private static List<String> files() throws IOException {
        try (var files = Files.list(PACKAGE)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".py"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theStageIsMadeAndReadAsPySparkDoesIt() throws Exception {
        assertThat(TextEmbedder.class.getConstructor(String.class)).isNotNull();
        assertThat(TextEmbedder.class.getMethod("read").getReturnType().getName())
                .isEqualTo("org.apache.spark.ml.util.MLReader");
    }

    @Test
    void eachJavaMethodThatItCallsTakesASession() throws Exception {
        var calls = JVM_CALL.matcher(read("functions.py")).results().toList();

        assertThat(calls).hasSize(1);
        for (var call : calls) {
            assertThat(Class.forName(call.group(1)).getMethod(call.group(2), SparkSession.class))
                    .isNotNull();
        }
    }

    @Test
    void eachFunctionIsOneThatTheSessionKnows() throws IOException {
        var session = LocalSpark.session();
        PackhorseFunctions.register(session);

        var called = all(SQL_FUNCTION, read("functions.py"));

        assertThat(called)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(SqlFunction.values())
                        .map(SqlFunction::sqlName)
                        .toList())
                .allSatisfy(name -> assertThat(session.catalog().functionExists(name))
                        .as(name)
                        .isTrue());
        assertThat(all(FUNCTION, read("functions.py")).stream().filter(name -> !name.equals("register")))
                .containsExactlyElementsOf(called);
        assertThat(read("__init__.py"))
                .contains(called.stream().map(name -> "\"" + name + "\"").toList());
    }

    /** What functions.py does with {@code re.sub("[A-Z]", ...)}. */
    @Test
    void optionsHaveNamesThatPythonCanPutDashesInto() {
        assertThat(EncodeOptions.ALL).allSatisfy(option -> assertThat(option.camelCase()
                        .chars()
                        .mapToObj(Character::toString)
                        .map(letter -> letter.matches("[A-Z]") ? "-" + letter.toLowerCase(Locale.ROOT) : letter)
                        .reduce("", String::concat))
                .isEqualTo(option.name()));
    }

    @Test
    void itsVersionIsThatOfTheBuild() throws IOException {
        var pom = all(POM_VERSION, Files.readString(root().resolve("pom.xml")));

        assertThat(all(VERSION, Files.readString(PYTHON.resolve("pyproject.toml"))))
                .containsExactly(pom.get(0).replace("-SNAPSHOT", ".dev0"));
    }
}
