package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that tests make from the code: written where that is asked for, and held against it always. */
public final class WrittenDocs {

    /** Makes the tests write their files, after a change of what they are made from. */
    private static final String WRITE_PROPERTY = "packhorse.docs.write";

    /** What writes all of them, as CONTRIBUTING.md has it. */
    public static final String COMMAND =
            "./mvnw -pl engine,udf,stores,jobs test -Dtest='OptionDocsTest,MetricDocsTest,PythonPackageTest' -D%s=true -Dsurefire.failIfNoSpecifiedTests=false"
                    .formatted(WRITE_PROPERTY);

    private WrittenDocs() {}

    /** Holds a file against what it should be. */
    public static void assertWritten(Path file, String content) throws IOException {
        if (Boolean.getBoolean(WRITE_PROPERTY)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        }
        assertThat(file).as("written by " + COMMAND).content().isEqualTo(content);
    }
}
