package dev.packhorse.udf.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.engine.model.Models;
import dev.packhorse.udf.LocalSpark;
import dev.packhorse.udf.TinyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In one process; SparkSubmitIT has executors of their own. */
class DriverFileTest {

    private final SparkSession spark = LocalSpark.session();

    /** The file as an executor reads it. */
    private static ModelFile offered(ModelFile file) {
        return file.at(DriverFile.offer(file));
    }

    @Test
    void whatTheExecutorReadsIsTheFile() {
        var tokenizer = TinyBert.model().tokenizer();

        var offered = offered(tokenizer);

        assertThat(offered.location().toString())
                .matches("spark://.+:\\d+/files/" + tokenizer.sha256().substring(0, 16) + "-tokenizer.json");
        assertThat(offered.text()).isEqualTo(tokenizer.text());
        assertThat(offered(tokenizer)).as("a second time").isEqualTo(offered);
    }

    @Test
    void filesOfTwoModelsWithTheSameNameDoNotMeet(@TempDir Path folder) throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        var tokenizer = copy.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer) + "\n");

        var first = offered(TinyBert.model().tokenizer());
        var second = offered(Models.find(copy.toString()).tokenizer());

        assertThat(second.text()).isEqualTo(first.text() + "\n");
    }

    @Test
    void aFileThatIsOnTheClassPathStaysThere() {
        var resource = new ModelFile.Location.Resource("fixtures/reference/texts.json");

        assertThat(DriverFile.offer(TinyBert.model().tokenizer().at(resource))).isEqualTo(resource);
    }

    @Test
    void inLocalModeTheModelStaysWhereItIs() {
        var model = TinyBert.model();

        assertThat(DriverFile.offer(spark.sparkContext(), model)).isEqualTo(model);
    }

    @Test
    void aFileThatTheDriverDoesNotOfferIsNamed() {
        var location = (DriverFile) DriverFile.offer(TinyBert.model().tokenizer());
        var missing = TinyBert.model().tokenizer().at(new DriverFile(location.uri() + "-nowhere"));

        assertThatThrownBy(missing::text)
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(location.uri() + "-nowhere: expected a readable file, found: ")
                .hasMessageEndingWith("-nowhere' was not found.");
    }
}
