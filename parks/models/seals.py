"""Seals: a chain of digests over books that are only added to."""

from django.db import models


class SealedBook(models.Model):
    """A book whose rows are sealed. Its row is locked while rows are added and sealed.

    Without the lock a slow transaction could commit a lower number after a seal had passed it.
    """

    name = models.CharField("账本", max_length=20, primary_key=True)

    class Meta:
        verbose_name = verbose_name_plural = "封存账本"

    def __str__(self) -> str:
        return self.name


class Seal(models.Model):
    """The digest of the rows that one transaction added to a book, chained to the seal before.

    It covers every row of the book after the seal before it, up to `last`. `form`: which columns,
    written how (`parks.sealing.digest`).
    """

    book = models.ForeignKey(SealedBook, models.PROTECT, related_name="seals", verbose_name="账本")
    first = models.BigIntegerField("首条")
    last = models.BigIntegerField("末条")
    count = models.PositiveIntegerField("条数")
    form = models.PositiveSmallIntegerField("格式")
    algorithm = models.CharField("算法", max_length=8)
    digest = models.CharField("摘要", max_length=64)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "封存"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="seal_once",
                fields=["book", "last"],
                violation_error_message="这些账目已封存。",
            ),
            models.CheckConstraint(
                name="seal_in_order",
                condition=models.Q(first__lte=models.F("last"), count__gte=1),
                violation_error_message="封存的首条不能在末条之后。",
            ),
            models.CheckConstraint(
                name="seal_digest_shape",
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="摘要应为64位十六进制。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book_id} {self.last}"
