"""How PySpark finds the Python class of a Java stage that is not Spark's own."""

from typing import Any, Callable, Type

from pyspark.ml.util import JavaMLReader
from pyspark.ml.wrapper import JavaParams


class StageReader(JavaMLReader):
    """Reads a stage that has ``JAVA_CLASS``; PySpark itself makes up a Java name of the Python module's."""

    @classmethod
    def _java_loader_class(cls, clazz: Any) -> str:
        return str(clazz.JAVA_CLASS)


def stage_of(java_stage: Any, python_class: Type[Any]) -> Any:
    """The Python stage of a Java stage, with its name and its Params."""
    stage = python_class()
    stage._java_obj = java_stage
    stage._resetUid(java_stage.uid())
    stage._transfer_params_from_java()
    return stage


def register_stage(python_class: Type[Any]) -> None:
    """Lets PySpark load pipelines with such stages, for which it has no other door than this."""
    theirs: Callable[[Any], Any] = JavaParams._from_java

    def from_java(java_stage: Any) -> Any:
        if java_stage.getClass().getName() == python_class.JAVA_CLASS:
            return stage_of(java_stage, python_class)
        return theirs(java_stage)

    JavaParams._from_java = staticmethod(from_java)
