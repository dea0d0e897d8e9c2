package dev.packhorse.jobs.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.jobs.page.Page;
import dev.packhorse.udf.options.OptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageFileTest {

    private static final Page PAGE = Page.titled("a page", "");

    @TempDir
    Path folder;

    private final Configuration conf = new Configuration();

    @ParameterizedTest
    @ValueSource(strings = {"", "file:", "file://"})
    void aLocalFileIsWrittenAlone(String scheme) throws IOException {
        var file = folder.resolve("new/page.html");

        new PageFile(scheme + file).write(PAGE, conf);
        new PageFile(scheme + file).write(PAGE, conf); // in place of it

        assertThat(file).content().contains("<title>a page</title>");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    /** A file system that is not local, as far as anybody is told. */
    public static final class Other extends RawLocalFileSystem {

        @Override
        public String getScheme() {
            return "other";
        }

        @Override
        public java.net.URI getUri() {
            return java.net.URI.create("other:///");
        }
    }

    @Test
    void anyFileSystemThatHadoopKnowsWillDo() throws IOException {
        conf.setClass("fs.other.impl", Other.class, RawLocalFileSystem.class);
        var file = folder.resolve("new/page.html");

        new PageFile("other://" + file).write(PAGE, conf);

        assertThat(file).content().contains("<title>a page</title>");
    }

    @Test
    void aFileAmongRowsIsRefused() {
        for (var name : new String[] {"out/page.html", "out/deep/page.html"}) {
            var place = folder.resolve(name).toString();
            assertThatThrownBy(() -> new PageFile(place).checkBeside("--output", "file:" + folder.resolve("out"), conf))
                    .isInstanceOf(OptionException.class)
                    .hasMessage(
                            "--report-page %s: expected a file outside of --output, whose readers take all files for rows, or a name that begins with _"
                                    .formatted(place));
        }
        for (var name :
                new String[] {"out/_page.html", "out/.page.html", "page.html", "outside.html", "output/page.html"}) {
            assertThatCode(() -> new PageFile(folder.resolve(name).toString())
                            .checkBeside("--output", folder.resolve("out").toString(), conf))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aFileSystemThatNobodyKnowsIsRefused() {
        assertThatThrownBy(() -> new PageFile("nowhere://a/page.html").checkBeside("--output", "out", conf))
                .isInstanceOf(OptionException.class)
                .hasMessage(
                        "--report-page nowhere://a/page.html: expected a file on a file system that is known, found: No FileSystem for scheme \"nowhere\"");
    }
}
