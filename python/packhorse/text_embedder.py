"""A stage of a pipeline that adds vectors. Made from the list of options in the code; do not edit."""

from typing import Any, Optional

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer
from pyspark.sql import DataFrame

from packhorse._java import StageReader, register_stage, stage_of


class TextEmbedder(JavaTransformer, JavaMLReadable, JavaMLWritable):
    """Adds vectors to a column of texts: dev.packhorse.udf.TextEmbedder in Python, with its Params and defaults.

    >>> TextEmbedder(inputCol="text", outputCol="features", outputType="vector").transform(df)
    """

    JAVA_CLASS = "dev.packhorse.udf.TextEmbedder"

    inputCol: "Param[str]" = Param(
        Params._dummy(),
        "inputCol",
        "The column of texts. (text)",
        typeConverter=TypeConverters.toString,
    )

    outputCol: "Param[str]" = Param(
        Params._dummy(),
        "outputCol",
        "The column to add with vectors; null where there is an error. (text)",
        typeConverter=TypeConverters.toString,
    )

    outputType: "Param[str]" = Param(
        Params._dummy(),
        "outputType",
        "What vectors are: array<float>, or the vectors of Spark ML, which its other stages take. (one of array, vector)",
        typeConverter=TypeConverters.toString,
    )

    errorCol: "Param[str]" = Param(
        Params._dummy(),
        "errorCol",
        "A column to add with why a row has no vector, null where it has one. Default: none. (text)",
        typeConverter=TypeConverters.toString,
    )

    tokensCol: "Param[str]" = Param(
        Params._dummy(),
        "tokensCol",
        "A column to add with the tokens that the model read. Default: none. (text)",
        typeConverter=TypeConverters.toString,
    )

    truncatedCol: "Param[str]" = Param(
        Params._dummy(),
        "truncatedCol",
        "A column to add with whether a text was longer than what was read of it. Default: none. (text)",
        typeConverter=TypeConverters.toString,
    )

    fingerprint: "Param[str]" = Param(
        Params._dummy(),
        "fingerprint",
        "What the vectors' fingerprint must be; others stop the stage. What is saved has it. (64 hexadecimal digits in lower case)",
        typeConverter=TypeConverters.toString,
    )

    model: "Param[str]" = Param(
        Params._dummy(),
        "model",
        "An embedded model's name, or where one is: a folder, a zip or tar.gz of one, an ONNX or TorchScript file, local or on any Hadoop file system; maven:NAME; classpath:FOLDER. (text)",
        typeConverter=TypeConverters.toString,
    )

    revision: "Param[str]" = Param(
        Params._dummy(),
        "revision",
        "What the model's files must be: the sha256:HEX that an earlier run's manifest says; others stop the job. (text)",
        typeConverter=TypeConverters.toString,
    )

    pooling: "Param[str]" = Param(
        Params._dummy(),
        "pooling",
        "How token vectors become one; several are put side by side. Default: what the model says. (cls, mean, max, mean_sqrt_len, weightedmean or lasttoken, several joined by +)",
        typeConverter=TypeConverters.toString,
    )

    normalize: "Param[bool]" = Param(
        Params._dummy(),
        "normalize",
        "Whether vectors have length 1. Default: what the model says. (true or false)",
        typeConverter=TypeConverters.toBoolean,
    )

    prompt: "Param[str]" = Param(
        Params._dummy(),
        "prompt",
        "What stands in front of every text, white space included. (text)",
        typeConverter=TypeConverters.toString,
    )

    promptName: "Param[str]" = Param(
        Params._dummy(),
        "promptName",
        "Which of the model's own prompts stands in front of every text; none for no prompt. Default: what the model says. (text)",
        typeConverter=TypeConverters.toString,
    )

    truncateDim: "Param[int]" = Param(
        Params._dummy(),
        "truncateDim",
        "How many of a vector's first numbers are kept; scaled to length 1 again where the model does that. (an integer from 1 to 1000000)",
        typeConverter=TypeConverters.toInt,
    )

    onnxOutput: "Param[str]" = Param(
        Params._dummy(),
        "onnxOutput",
        "Which output of the ONNX file to read; it then runs as it is. Default: its token vectors. (text)",
        typeConverter=TypeConverters.toString,
    )

    precision: "Param[str]" = Param(
        Params._dummy(),
        "precision",
        "The numbers that the layers are computed in; auto: float16 on a GPU, bfloat16 where the driver's CPU has it, else float32. (one of auto, float32, bfloat16, float16, int8)",
        typeConverter=TypeConverters.toString,
    )

    path: "Param[str]" = Param(
        Params._dummy(),
        "path",
        "Packed tokens through our own layers (fast), or padded ones through the ONNX file as it is (slow) or the TorchScript file (pytorch); auto: the first of them that can be. (one of auto, fast, slow, pytorch)",
        typeConverter=TypeConverters.toString,
    )

    device: "Param[str]" = Param(
        Params._dummy(),
        "device",
        "Where the layers are computed: on the CPU, on all GPUs that a task has (cuda), on GPU N alone; auto: on GPUs where there are some that can be used. (auto, cpu, cuda or cuda:N with the number of a GPU)",
        typeConverter=TypeConverters.toString,
    )

    maxBatchTokens: "Param[int]" = Param(
        Params._dummy(),
        "maxBatchTokens",
        "Token budget of a batch, padding included; a single longer row goes alone. Default: 512 on the CPU, 32768 on a GPU. (an integer from 1 to 1000000)",
        typeConverter=TypeConverters.toInt,
    )

    maxSeqLength: "Param[int]" = Param(
        Params._dummy(),
        "maxSeqLength",
        "Tokens of a text that the model reads, special tokens included; default and most: what the model says. (an integer from 1 to 1000000)",
        typeConverter=TypeConverters.toInt,
    )

    windowRows: "Param[int]" = Param(
        Params._dummy(),
        "windowRows",
        "Rows that a task holds, sorts by length and packs at a time; bounds its memory. (an integer from 1 to 1000000)",
        typeConverter=TypeConverters.toInt,
    )

    dedupeCache: "Param[str]" = Param(
        Params._dummy(),
        "dedupeCache",
        "Heap an executor spends on vectors of recent texts, so that a text that comes again is not encoded again. (a size such as 512k, 256m or 1g)",
        typeConverter=TypeConverters.toString,
    )

    onError: "Param[str]" = Param(
        Params._dummy(),
        "onError",
        "What a row without a vector becomes: a row with its error, or the end of the job. (one of row, fail)",
        typeConverter=TypeConverters.toString,
    )

    emptyText: "Param[str]" = Param(
        Params._dummy(),
        "emptyText",
        "What a text becomes that is empty or white space: an error, or the vector that the model gives it. (one of error, encode)",
        typeConverter=TypeConverters.toString,
    )

    longText: "Param[str]" = Param(
        Params._dummy(),
        "longText",
        "What a text becomes that is longer than the model reads: cut at its end, chunks, or an error. (one of truncate, chunk, error)",
        typeConverter=TypeConverters.toString,
    )

    chunkTokens: "Param[int]" = Param(
        Params._dummy(),
        "chunkTokens",
        "With --long-text chunk, the most tokens of a chunk, special tokens included; default and most: max-seq-length. (an integer from 1 to 1000000)",
        typeConverter=TypeConverters.toInt,
    )

    chunkOverlap: "Param[int]" = Param(
        Params._dummy(),
        "chunkOverlap",
        "With --long-text chunk, tokens of a chunk's end that the next one repeats; less than half of a chunk. (an integer from 0 to 1000000)",
        typeConverter=TypeConverters.toInt,
    )

    chunkOutput: "Param[str]" = Param(
        Params._dummy(),
        "chunkOutput",
        "With --long-text chunk, a row for each chunk, or one for each text with the mean of its chunks' vectors. (one of rows, mean)",
        typeConverter=TypeConverters.toString,
    )

    @keyword_only
    def __init__(
        self,
        *,
        inputCol: str = "text",
        outputCol: str = "embedding",
        outputType: str = "array",
        errorCol: Optional[str] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        fingerprint: Optional[str] = None,
        model: str = "all-minilm-l6-v2",
        revision: Optional[str] = None,
        pooling: Optional[str] = None,
        normalize: Optional[bool] = None,
        prompt: Optional[str] = None,
        promptName: Optional[str] = None,
        truncateDim: Optional[int] = None,
        onnxOutput: Optional[str] = None,
        precision: str = "auto",
        path: str = "auto",
        device: str = "auto",
        maxBatchTokens: Optional[int] = None,
        maxSeqLength: Optional[int] = None,
        windowRows: int = 8192,
        dedupeCache: str = "32m",
        onError: str = "row",
        emptyText: str = "error",
        longText: str = "truncate",
        chunkTokens: Optional[int] = None,
        chunkOverlap: int = 0,
        chunkOutput: str = "rows",
    ) -> None:
        super().__init__()
        self._java_obj = self._new_java_obj(self.JAVA_CLASS, self.uid)
        self._setDefault(
            inputCol="text",
            outputCol="embedding",
            outputType="array",
            model="all-minilm-l6-v2",
            precision="auto",
            path="auto",
            device="auto",
            windowRows=8192,
            dedupeCache="32m",
            onError="row",
            emptyText="error",
            longText="truncate",
            chunkOverlap=0,
            chunkOutput="rows",
        )
        self._set(**self._input_kwargs)

    @keyword_only
    def setParams(
        self,
        *,
        inputCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        outputType: Optional[str] = None,
        errorCol: Optional[str] = None,
        tokensCol: Optional[str] = None,
        truncatedCol: Optional[str] = None,
        fingerprint: Optional[str] = None,
        model: Optional[str] = None,
        revision: Optional[str] = None,
        pooling: Optional[str] = None,
        normalize: Optional[bool] = None,
        prompt: Optional[str] = None,
        promptName: Optional[str] = None,
        truncateDim: Optional[int] = None,
        onnxOutput: Optional[str] = None,
        precision: Optional[str] = None,
        path: Optional[str] = None,
        device: Optional[str] = None,
        maxBatchTokens: Optional[int] = None,
        maxSeqLength: Optional[int] = None,
        windowRows: Optional[int] = None,
        dedupeCache: Optional[str] = None,
        onError: Optional[str] = None,
        emptyText: Optional[str] = None,
        longText: Optional[str] = None,
        chunkTokens: Optional[int] = None,
        chunkOverlap: Optional[int] = None,
        chunkOutput: Optional[str] = None,
    ) -> "TextEmbedder":
        """Sets those Params that are given."""
        return self._set(**self._input_kwargs)

    @classmethod
    def read(cls) -> StageReader:
        """Reads what ``save`` wrote."""
        return StageReader(cls)

    @staticmethod
    def _from_java(java_stage: Any) -> "TextEmbedder":
        return stage_of(java_stage, TextEmbedder)

    def embed(self, dataset: DataFrame) -> DataFrame:
        """Adds the columns: ``transform`` by the name that DJL's TextEmbedder has for it."""
        return self.transform(dataset)

    def setInputCol(self, value: str) -> "TextEmbedder":
        """Sets ``inputCol``."""
        return self._set(inputCol=value)

    def getInputCol(self) -> str:
        """The value of ``inputCol`` or its default."""
        return self.getOrDefault(self.inputCol)

    def setOutputCol(self, value: str) -> "TextEmbedder":
        """Sets ``outputCol``."""
        return self._set(outputCol=value)

    def getOutputCol(self) -> str:
        """The value of ``outputCol`` or its default."""
        return self.getOrDefault(self.outputCol)

    def setOutputType(self, value: str) -> "TextEmbedder":
        """Sets ``outputType``."""
        return self._set(outputType=value)

    def getOutputType(self) -> str:
        """The value of ``outputType`` or its default."""
        return self.getOrDefault(self.outputType)

    def setErrorCol(self, value: str) -> "TextEmbedder":
        """Sets ``errorCol``."""
        return self._set(errorCol=value)

    def getErrorCol(self) -> str:
        """The value of ``errorCol`` or its default."""
        return self.getOrDefault(self.errorCol)

    def setTokensCol(self, value: str) -> "TextEmbedder":
        """Sets ``tokensCol``."""
        return self._set(tokensCol=value)

    def getTokensCol(self) -> str:
        """The value of ``tokensCol`` or its default."""
        return self.getOrDefault(self.tokensCol)

    def setTruncatedCol(self, value: str) -> "TextEmbedder":
        """Sets ``truncatedCol``."""
        return self._set(truncatedCol=value)

    def getTruncatedCol(self) -> str:
        """The value of ``truncatedCol`` or its default."""
        return self.getOrDefault(self.truncatedCol)

    def setFingerprint(self, value: str) -> "TextEmbedder":
        """Sets ``fingerprint``."""
        return self._set(fingerprint=value)

    def getFingerprint(self) -> str:
        """The value of ``fingerprint`` or its default."""
        return self.getOrDefault(self.fingerprint)

    def setModel(self, value: str) -> "TextEmbedder":
        """Sets ``model``."""
        return self._set(model=value)

    def getModel(self) -> str:
        """The value of ``model`` or its default."""
        return self.getOrDefault(self.model)

    def setRevision(self, value: str) -> "TextEmbedder":
        """Sets ``revision``."""
        return self._set(revision=value)

    def getRevision(self) -> str:
        """The value of ``revision`` or its default."""
        return self.getOrDefault(self.revision)

    def setPooling(self, value: str) -> "TextEmbedder":
        """Sets ``pooling``."""
        return self._set(pooling=value)

    def getPooling(self) -> str:
        """The value of ``pooling`` or its default."""
        return self.getOrDefault(self.pooling)

    def setNormalize(self, value: bool) -> "TextEmbedder":
        """Sets ``normalize``."""
        return self._set(normalize=value)

    def getNormalize(self) -> bool:
        """The value of ``normalize`` or its default."""
        return self.getOrDefault(self.normalize)

    def setPrompt(self, value: str) -> "TextEmbedder":
        """Sets ``prompt``."""
        return self._set(prompt=value)

    def getPrompt(self) -> str:
        """The value of ``prompt`` or its default."""
        return self.getOrDefault(self.prompt)

    def setPromptName(self, value: str) -> "TextEmbedder":
        """Sets ``promptName``."""
        return self._set(promptName=value)

    def getPromptName(self) -> str:
        """The value of ``promptName`` or its default."""
        return self.getOrDefault(self.promptName)

    def setTruncateDim(self, value: int) -> "TextEmbedder":
        """Sets ``truncateDim``."""
        return self._set(truncateDim=value)

    def getTruncateDim(self) -> int:
        """The value of ``truncateDim`` or its default."""
        return self.getOrDefault(self.truncateDim)

    def setOnnxOutput(self, value: str) -> "TextEmbedder":
        """Sets ``onnxOutput``."""
        return self._set(onnxOutput=value)

    def getOnnxOutput(self) -> str:
        """The value of ``onnxOutput`` or its default."""
        return self.getOrDefault(self.onnxOutput)

    def setPrecision(self, value: str) -> "TextEmbedder":
        """Sets ``precision``."""
        return self._set(precision=value)

    def getPrecision(self) -> str:
        """The value of ``precision`` or its default."""
        return self.getOrDefault(self.precision)

    def setPath(self, value: str) -> "TextEmbedder":
        """Sets ``path``."""
        return self._set(path=value)

    def getPath(self) -> str:
        """The value of ``path`` or its default."""
        return self.getOrDefault(self.path)

    def setDevice(self, value: str) -> "TextEmbedder":
        """Sets ``device``."""
        return self._set(device=value)

    def getDevice(self) -> str:
        """The value of ``device`` or its default."""
        return self.getOrDefault(self.device)

    def setMaxBatchTokens(self, value: int) -> "TextEmbedder":
        """Sets ``maxBatchTokens``."""
        return self._set(maxBatchTokens=value)

    def getMaxBatchTokens(self) -> int:
        """The value of ``maxBatchTokens`` or its default."""
        return self.getOrDefault(self.maxBatchTokens)

    def setMaxSeqLength(self, value: int) -> "TextEmbedder":
        """Sets ``maxSeqLength``."""
        return self._set(maxSeqLength=value)

    def getMaxSeqLength(self) -> int:
        """The value of ``maxSeqLength`` or its default."""
        return self.getOrDefault(self.maxSeqLength)

    def setWindowRows(self, value: int) -> "TextEmbedder":
        """Sets ``windowRows``."""
        return self._set(windowRows=value)

    def getWindowRows(self) -> int:
        """The value of ``windowRows`` or its default."""
        return self.getOrDefault(self.windowRows)

    def setDedupeCache(self, value: str) -> "TextEmbedder":
        """Sets ``dedupeCache``."""
        return self._set(dedupeCache=value)

    def getDedupeCache(self) -> str:
        """The value of ``dedupeCache`` or its default."""
        return self.getOrDefault(self.dedupeCache)

    def setOnError(self, value: str) -> "TextEmbedder":
        """Sets ``onError``."""
        return self._set(onError=value)

    def getOnError(self) -> str:
        """The value of ``onError`` or its default."""
        return self.getOrDefault(self.onError)

    def setEmptyText(self, value: str) -> "TextEmbedder":
        """Sets ``emptyText``."""
        return self._set(emptyText=value)

    def getEmptyText(self) -> str:
        """The value of ``emptyText`` or its default."""
        return self.getOrDefault(self.emptyText)

    def setLongText(self, value: str) -> "TextEmbedder":
        """Sets ``longText``."""
        return self._set(longText=value)

    def getLongText(self) -> str:
        """The value of ``longText`` or its default."""
        return self.getOrDefault(self.longText)

    def setChunkTokens(self, value: int) -> "TextEmbedder":
        """Sets ``chunkTokens``."""
        return self._set(chunkTokens=value)

    def getChunkTokens(self) -> int:
        """The value of ``chunkTokens`` or its default."""
        return self.getOrDefault(self.chunkTokens)

    def setChunkOverlap(self, value: int) -> "TextEmbedder":
        """Sets ``chunkOverlap``."""
        return self._set(chunkOverlap=value)

    def getChunkOverlap(self) -> int:
        """The value of ``chunkOverlap`` or its default."""
        return self.getOrDefault(self.chunkOverlap)

    def setChunkOutput(self, value: str) -> "TextEmbedder":
        """Sets ``chunkOutput``."""
        return self._set(chunkOutput=value)

    def getChunkOutput(self) -> str:
        """The value of ``chunkOutput`` or its default."""
        return self.getOrDefault(self.chunkOutput)


register_stage(TextEmbedder)
