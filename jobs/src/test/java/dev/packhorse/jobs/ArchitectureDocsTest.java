package dev.packhorse.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.engine.families.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/ARCHITECTURE.md names classes and dependencies; what it names is there, and what is there is named. */
class ArchitectureDocsTest {

    /** {@code module/package/Class} or {@code module/package/Class.member}, in backticks. */
    private static final Pattern CLASS =
            Pattern.compile("`(engine|udf|stores|jobs|lance)/((?:[a-z]+/)*)([A-Z]\\w*)(?:\\.([a-z]\\w*))?`");

    private static final Pattern TEST = Pattern.compile("`(\\w+Test|\\w+Contract|\\w+Fixture|TinyBert|EmbedRun)`");

    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);

    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(.*?)(?:_\\$\\{.*?})?</artifactId>");

    private static final Path ROOT = Repository.root();

    private static String docs() throws IOException {
        return Files.readString(ROOT.resolve("docs/ARCHITECTURE.md"));
    }

    @Test
    void classesAreWhereItSays() throws IOException {
        var named = CLASS.matcher(docs()).results().toList();

        assertThat(named).hasSizeGreaterThan(30);
        for (var name : named) {
            var file = ROOT.resolve("%1$s/src/main/java/dev/packhorse/%1$s/%2$s%3$s.java"
                    .formatted(name.group(1), name.group(2), name.group(3)));
            assertThat(file).exists();
            if (name.group(4) != null) {
                assertThat(Files.readString(file)).contains(" " + name.group(4) + "(");
            }
        }
    }

    @Test
    void testsAndFixturesAreThere() throws IOException {
        var there = new TreeSet<String>();
        for (var module : List.of("engine", "pytorch", "cuda", "udf", "stores", "jobs", "lance", "storetests")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module + "/src/test/java"))) {
                files.forEach(file -> there.add(file.getFileName().toString().replace(".java", "")));
            }
        }

        assertThat(TEST.matcher(docs()).results().map(test -> test.group(1)).toList())
                .isNotEmpty()
                .isSubsetOf(there);
    }

    @Test
    void eachFamilyIsListed() throws IOException {
        var docs = Files.readString(ROOT.resolve("docs/FAMILIES.md"));

        assertThat(Families.modelTypes()).isNotEmpty().allSatisfy(type -> assertThat(docs)
                .contains("`" + type + "`"));
    }

    @Test
    void eachDependencyIsNamed() throws IOException {
        var docs = docs();
        for (var pom : List.of(
                "pom.xml",
                "engine/pom.xml",
                "pytorch/pom.xml",
                "cuda/pom.xml",
                "udf/pom.xml",
                "stores/pom.xml",
                "jobs/pom.xml",
                "lance/pom.xml",
                "storetests/pom.xml")) {
            var dependencies = DEPENDENCY
                    .matcher(Files.readString(ROOT.resolve(pom)))
                    .results()
                    .toList();

            assertThat(dependencies).isNotEmpty();
            for (var dependency : dependencies) {
                var artifact = ARTIFACT.matcher(dependency.group(1));
                assertThat(artifact.find()).isTrue();
                if (!artifact.group(1).startsWith("packhorse-")
                        && !artifact.group(1).endsWith("-bom")) {
                    assertThat(docs).as(pom).contains("`" + artifact.group(1) + "`");
                }
            }
        }
    }
}
